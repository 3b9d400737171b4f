import { sliceOf } from '@carillon/service-kit/postgres/list-order'
import { listPages } from '@carillon/testing/list-pages'
import { explained } from '@carillon/testing/query-plan'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKeyOrder, listApiKeys } from '../src/store/api-keys.ts'
import { listOrganizations, organizationOrder } from '../src/store/organizations.ts'
import { openGateway, platformKey, type TestGateway } from './support/gateway.ts'

const organizationId = '018f0000-0000-7000-9200-000000000007'
const id = (n: number) => `018f0000-0000-7000-9200-${n.toString(16).padStart(12, '0')}`
let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway({ config: { CORS_ORIGINS: 'https://app.example.com' } })
  const { sql } = gateway.service.database
  await sql`
    insert into organizations (id, name, country, timezone, created_at, updated_at)
    select ('018f0000-0000-7000-9200-' || lpad(to_hex(n), 12, '0'))::uuid, 'O', 'MA', 'UTC', now(), now() from generate_series(1, 10000) n`
  await sql`
    insert into api_keys (id, organization_id, name, role, key_prefix, key_hash, created_at)
    select ('018f0000-0000-7000-9200-' || lpad(to_hex(n), 12, '0'))::uuid, ${organizationId}, 'K', 'agent', 'ck', decode(md5(n::text), 'hex'), now()
    from generate_series(1, 10000) n`
  await sql`analyze organizations, api_keys`
})
afterAll(() => gateway.close())

async function pages(url: string, betweenPages: () => Promise<void>) {
  const headers = { 'x-organization-id': organizationId }
  const get = async (next: string) => {
    const answer = await gateway.call(platformKey, 'GET', next, { headers })
    return { statusCode: answer.status, headers: { link: answer.headers.get('link') ?? '' }, json: () => answer.body }
  }
  return listPages<{ id: string }>(get, url, betweenPages)
}

const headers = { 'x-organization-id': organizationId }
test.each<[string, object]>([
  ['/organizations', { name: 'Later', country: 'MA' }],
  ['/api-keys', { name: 'Later', role: 'agent' }],
])('%s come page by page, newest first, while others are created', async (url, body) => {
  const found = await pages(`${url}?limit=1000`, async () => {
    expect((await gateway.call(platformKey, 'POST', url, { body, headers })).status).toBe(201)
  })
  const ids = found.flatMap(({ items }) => items.map((item) => item.id))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(ids.toSorted().reverse())
  expect(ids).toEqual(expect.arrayContaining([id(1), id(5_000), id(10_000)]))
})

const limit = 50
test.each<[string, Parameters<typeof explained>[1]]>([
  ['organizations', (orm) => listOrganizations(orm, sliceOf(organizationOrder, { after: [id(5_000)], limit }))],
  ['API keys', (orm) => listApiKeys(orm, organizationId, sliceOf(apiKeyOrder, { after: [id(5_000)], limit }))],
])('a page in the middle of the %s reads no other rows', async (_list, read) => {
  const statements = (await explained(gateway.service.deps.database, read)).filter(({ text }) => text.includes('limit'))
  expect(statements).toHaveLength(2)
  for (const { rowsRead, plan } of statements) expect(rowsRead, JSON.stringify(plan)).toBeLessThanOrEqual(limit)
})

test('a browser may read the Link header', async () => {
  const answer = await gateway.call(platformKey, 'GET', '/api-keys?limit=1', {
    headers: { ...headers, origin: 'https://app.example.com' },
  })
  expect(answer.headers.get('access-control-expose-headers')?.toLowerCase().split(/, ?/)).toContain('link')
})
