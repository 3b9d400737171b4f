import { join } from 'node:path'
import { type ServiceName, serviceNames, services } from '@carillon/contracts/services'
import { tags } from '@carillon/contracts/tags'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOperations } from './support/client-operations.ts'

interface Operation {
  tags?: string[]
  parameters?: { in: string; name: string }[]
}

interface OpenApiDocument {
  paths?: Record<string, Record<string, Operation>>
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

  test('goes through the pages of every paged list', async () => {
    const paged = (await clientOperations()).filter(({ isPaged }) => isPaged)
    expect(paged.map(({ operation }) => operation).sort()).toEqual(publicOperations(hasParameter('query', 'page')))
  })
})
