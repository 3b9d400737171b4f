import { createHash } from 'node:crypto'
import { tags } from '@carillon/contracts/tags'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGateway, platformKey, type TestGateway } from './support/gateway.ts'

const route = (tag: string, schema: object) => ({
  tags: [tag],
  parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }],
  responses: {
    200: { description: 'Default Response', content: { 'application/json': { schema } } },
    404: { description: 'Default Response', content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } } },
  },
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway({
    config: { CORS_ORIGINS: 'https://app.example.com, https://admin.example.com' },
    documents: {
      'program-api': {
        '/programs/{id}': { get: route(tags.programs, { type: 'object' }), patch: route(tags.programs, { type: 'object' }) },
        '/internal/audiences/{id}/contacts': { get: route('internal', {}) },
        '/billing/{id}': { get: route('wrong', {}) },
      },
      orchestrator: { '/programs/{id}/launch': { post: route(tags.executions, { type: 'object' }) } },
    },
  })
  await gateway.upstreams.reporting.close()
})
afterAll(() => gateway.close())

interface Document {
  info: { description: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, { tags: string[]; operationId: string; responses: Record<string, object> }>>
  components: { schemas: Record<string, object>; securitySchemes: object }
}
const document = async () => (await (await fetch(`${gateway.url}/openapi.json`)).json()) as Document

describe('the OpenAPI document', () => {
  test('is valid and needs no credentials', async () => {
    const result = await new Validator().validate({ ...(await document()) })
    expect(result).toEqual({ valid: true })
  })

  test('has the gateway’s own routes and the public routes of each service', async () => {
    expect(Object.keys((await document()).paths)).toEqual([
      '/api-keys',
      '/api-keys/{id}',
      '/organizations',
      '/organizations/current',
      '/programs/{id}',
      '/programs/{id}/launch',
    ])
  })

  test('names a service that is away and left out', async () => {
    expect((await document()).info.description).toContain('without:** reporting')
  })

  test('has each shared schema once, the errors of every operation, and the tags in the contract’s order', async () => {
    const { components, paths, tags } = await document()
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['ApiKey', 'ErrorBody', 'Organization']))
    expect(paths['/organizations/current']?.get?.responses[200]).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Organization' } } },
    })
    expect(paths['/programs/{id}']?.get).toMatchObject({
      operationId: 'getProgramsId',
      tags: ['Programs'],
      responses: {
        200: { description: 'OK' },
        404: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } } },
        401: { $ref: '#/components/responses/Error401' },
        429: { $ref: '#/components/responses/Error429' },
      },
    })
    expect(tags.map(({ name }) => name)).toEqual(['Programs', 'Executions', 'Organizations', 'API keys'])
    expect(components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } })
  })
})

describe('the documentation page', () => {
  test('is where the root redirects to', async () => {
    const root = await gateway.call(null, 'GET', '/')
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs/'])
  })

  test('loads its scripts from this server, and its policy allows nothing else', async () => {
    const page = await fetch(`${gateway.url}/docs`)
    const html = await page.text()
    expect(page.status).toBe(200)
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '')
    expect(links).toEqual(['js/scalar.js'])
    const script = await fetch(new URL('js/scalar.js', `${gateway.url}/docs/`))
    expect([script.status, script.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    expect((await script.text()).length).toBeGreaterThan(1_000_000)

    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toMatch(/https?:|script-src[^;]*unsafe/)
    const inline = [...html.matchAll(/<script[^>]*>([^<]+)<\/script>/g)].map(([, script]) => script ?? '')
    expect(inline).not.toEqual([])
    for (const script of inline) expect(policy).toContain(createHash('sha256').update(script).digest('base64'))
  })

  test('shows the guides and then the document of all services', async () => {
    const page = await fetch(`${gateway.url}/docs`)
    expect(await page.text()).toContain('"/docs/openapi.json"')
    const shown = (await (await fetch(`${gateway.url}/docs/openapi.json`)).json()) as Document & {
      'x-tagGroups': { name: string; tags: string[] }[]
    }
    const { tags, paths, info } = await document()
    expect(shown).toMatchObject({ info, paths })
    const [guides] = shown['x-tagGroups']
    expect(guides).toMatchObject({ name: 'Guides', tags: expect.arrayContaining(['A first program', 'Errors and idempotency']) })
    expect(shown.tags.slice(guides?.tags.length)).toEqual(tags)
  })
})

describe('a web page', () => {
  const preflight = (origin: string) =>
    fetch(`${gateway.url}/programs`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })

  test('of an allowed origin may call the API and read its errors', async () => {
    const { status, headers } = await preflight('https://admin.example.com')
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, 'https://admin.example.com'])
    expect(headers.get('access-control-allow-headers')).toContain('authorization')
    const answer = await gateway.call(null, 'GET', '/programs', { headers: { origin: 'https://app.example.com' } })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, 'https://app.example.com'])
    const passed = await gateway.call(platformKey, 'GET', '/programs', { headers: { origin: 'https://app.example.com' } })
    expect([passed.status, passed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example.com'])
  })

  test('of another origin may not call the API', async () => {
    expect((await preflight('https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull()
  })
})
