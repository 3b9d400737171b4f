import { join } from 'node:path'
import { type ServiceName, serviceNames, services } from '@carillon/contracts/services'
import { tags } from '@carillon/contracts/tags'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOperations } from './support/client-operations.ts'

interface Schema {
  $ref?: string
  type?: string
  properties?: Record<string, Schema>
}

interface Operation {
  tags?: string[]
  parameters?: { in: string; name: string }[]
  responses?: Record<string, { headers?: { Link?: object }; content?: { 'application/json'?: { schema?: Schema } } }>
}

interface OpenApiDocument {
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

let stack: TestStack
const documents = new Map<ServiceName, OpenApiDocument>()

beforeAll(async () => {
  const profilePath = join(repositoryRoot, 'services/dialer-bridge/profiles/instant.json')
  stack = await testStack({ carrier: { profilePath, seed: 1 } })
  for (const name of serviceNames) {
    const response = await fetch(`${stack.services[name].url}/openapi.json`)
    documents.set(name, (await response.json()) as OpenApiDocument)
  }
}, 120_000)
afterAll(() => stack?.close())

const publicRoutes = serviceNames.flatMap((name) => services[name].publicRoutes.map((path) => ({ path, name })))

/** The paths in a service's own document. The gateway's document has those of all services. */
const pathsOf = (name: ServiceName) => Object.keys(documents.get(name)?.paths ?? {})

/** `/programs/{id}` and `/programs/:programId` are the same path. */
const plain = (path: string) => path.replaceAll(/\{\w+\}|:\w+/g, ':')

const isBelow = (path: string, route: string) => `${plain(path)}/`.startsWith(`${plain(route)}/`)

/** The service of the longest public route that fits the path. */
function answering(path: string): ServiceName | undefined {
  return publicRoutes.filter((route) => isBelow(path, route.path)).sort((a, b) => b.path.length - a.path.length)[0]?.name
}

test.each(publicRoutes)('$path is answered by $name', ({ path: route, name }) => {
  expect(pathsOf(name).filter((path) => isBelow(path, route) && answering(path) === name)).not.toEqual([])
})

test.each(serviceNames.filter((name) => name !== 'gateway'))(
  'a request for any path of %s, except internal ones, is passed on to it',
  (name) => {
    const unreachable = pathsOf(name).filter((path) => !path.startsWith('/internal/') && answering(path) !== name)
    expect(unreachable).toEqual([])
  },
)

test('the gateway’s document has the public paths of all services', () => {
  const expected = serviceNames.flatMap(pathsOf).filter((path) => !path.startsWith('/internal/'))
  expect(pathsOf('gateway').sort()).toEqual([...new Set(expected)].sort())
  expect(pathsOf('gateway').filter((path) => answering(path) === undefined)).toEqual([])
})

test.each(serviceNames)('every public operation of %s is in one section of the document', (name) => {
  const sections: readonly string[] = Object.values(tags)
  const operations = Object.entries(documents.get(name)?.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, tags: operation.tags ?? [] })),
  )
  const inPublic = operations.filter((operation) => !operation.name.includes(' /internal/'))
  expect(inPublic.filter((operation) => operation.tags.length !== 1 || !sections.includes(operation.tags[0] ?? ''))).toEqual([])
})

describe('the client', () => {
  /** Every public operation as `GET /programs/{}`. */
  const publicOperations = (isMeant: (operation: Operation) => boolean = () => true) =>
    Object.entries(documents.get('gateway')?.paths ?? {})
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })))
      .filter(({ operation }) => isMeant(operation))
      .map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
      .sort()

  const hasParameter = (place: string, name: string) => (operation: Operation) =>
    operation.parameters?.some((parameter) => parameter.in === place && parameter.name.toLowerCase() === name) ?? false

  test('has one function for each public operation', async () => {
    const operations = await clientOperations()
    expect(operations.map(({ operation }) => operation).sort()).toEqual(publicOperations())
  })

  test('sends an idempotency key where the API takes one, and nowhere else', async () => {
    const withKey = (await clientOperations()).filter(({ hasIdempotencyKey }) => hasIdempotencyKey)
    expect(withKey.map(({ operation }) => operation).sort()).toEqual(publicOperations(hasParameter('header', 'idempotency-key')))
  })

  test('goes through the pages of every list', async () => {
    const walked = (await clientOperations()).filter(({ isList }) => isList)
    expect(walked.map(({ operation }) => operation).sort()).toEqual(publicOperations(isList))
  })
})

describe('every list', () => {
  const lists = () =>
    Object.entries(documents.get('gateway')?.paths ?? {}).flatMap(([path, { get }]) =>
      get && isList(get) ? [{ path, operation: get }] : [],
    )

  test('takes limit and cursor, and a page where it has a meta (contract rule 31)', () => {
    const query = ({ parameters = [] }: Operation) => parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
    const lacking = lists().filter(({ operation }) => {
      const needed = ['limit', 'cursor', ...(isPaged(operation) ? ['page'] : [])]
      return needed.some((name) => !query(operation).includes(name)) || (!isPaged(operation) && query(operation).includes('page'))
    })
    expect(lacking.map(({ path }) => path)).toEqual([])
    expect(lists().length).toBeGreaterThanOrEqual(18)
  })

  test('describes the Link header', () => {
    const described = lists().filter(({ operation }) => operation.responses?.['200']?.headers?.Link)
    expect(described).toEqual(lists())
  })

  test('refuses a broken cursor and an unknown parameter', async () => {
    for (const { path } of lists()) {
      const url = `${stack.gatewayUrl}${path.replaceAll(/\{\w+\}/g, '018f0000-0000-7000-8000-0000000000ff')}`
      const headers = { authorization: `Bearer ${stack.secrets.platformApiKey}` }
      for (const [query, pointer] of [
        ['limit=1&cursor=AAAA', '/query/cursor'],
        ['offset=1', '/query/offset'],
      ]) {
        const answer = await fetch(`${url}?${query}`, { headers })
        expect([path, answer.status, await answer.json()]).toMatchObject([path, 400, { error: 'ValidationError', details: [{ pointer }] }])
      }
    }
  })
})

/** Whether an operation answers with a list: an array, or `data` with `meta`. */
function isList(operation: Operation): boolean {
  return answerOf(operation)?.type === 'array' || isPaged(operation)
}

function isPaged(operation: Operation): boolean {
  const { data, meta } = answerOf(operation)?.properties ?? {}
  return data?.type === 'array' && meta !== undefined
}

/** The schema of the answer 200, looked up where it is a reference. */
function answerOf(operation: Operation): Schema | undefined {
  const schema = operation.responses?.['200']?.content?.['application/json']?.schema
  const name = schema?.$ref?.split('/').at(-1)
  return name === undefined ? schema : documents.get('gateway')?.components?.schemas?.[name]
}
