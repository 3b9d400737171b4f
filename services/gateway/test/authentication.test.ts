import type { ApiKey, CreatedApiKey } from '@carillon/contracts/api-key'
import type { Role } from '@carillon/contracts/identity'
import { identityHeader, internalAuth } from '@carillon/service-kit/http/internal-auth'
import { eventually } from '@carillon/testing/eventually'
import { internalAuthSecret } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureConfiguredKey } from '../src/authentication/configured-key.ts'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'
import type { Echo } from './support/upstream.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

describe('a caller', () => {
  test.each([
    ['nothing', {}],
    ['an unknown key', { authorization: 'Bearer ck_unknown' }],
    ['a known key under another scheme', { authorization: `Basic ${platformKey}` }],
    ['a JWT while no issuer is configured', { authorization: 'Bearer aaa.bbb.ccc' }],
    ['an empty bearer', { authorization: 'Bearer ' }],
  ])('with %s is refused', async (_what, headers) => {
    const answer = await gateway.call(null, 'GET', '/programs', { headers })
    expect(refusal(answer)).toEqual(refused(401, 'UnauthorizedError'))
  })

  test('is described to the services by organization, role, country and time zone', async () => {
    const { organization, key } = await gateway.tenant('supervisor', { country: 'FR', timezone: 'Europe/Paris' })
    const { body } = await gateway.call<Echo>(key, 'GET', '/programs')
    expect(body.identity).toEqual({
      organizationId: organization.id,
      role: 'supervisor',
      subject: expect.stringMatching(/^api-key:[0-9a-f-]{36}$/),
      country: 'FR',
      timezone: 'Europe/Paris',
    })
  })

  test('cannot send an identity of its own, and its key does not reach the services', async () => {
    const { organization, key } = await gateway.tenant('agent')
    const forged = await internalAuth(internalAuthSecret, Date.now).sign({
      organizationId: '018f0000-0000-7000-8000-0000000000ff',
      role: 'platform_admin',
      subject: 'user:mallory',
      country: 'MA',
      timezone: 'UTC',
    })
    const headers = { [identityHeader]: forged, 'x-carillon-anything': 'else', cookie: 'a=b' }
    expect(refusal(await gateway.call(null, 'GET', '/programs', { headers }))).toEqual(refused(401, 'UnauthorizedError'))
    const { body } = await gateway.call<Echo>(key, 'GET', '/programs', { headers })
    expect(body.identity).toMatchObject({ organizationId: organization.id, role: 'agent' })
    for (const name of ['authorization', 'cookie', 'x-carillon-anything']) expect(body.headers).not.toHaveProperty(name)
  })
})

describe('roles', () => {
  const routes: [string, string, Role][] = [
    ['POST', '/organizations', 'platform_admin'],
    ['GET', '/organizations', 'platform_admin'],
    ['GET', '/organizations/current', 'agent'],
    ['PATCH', '/organizations/current', 'admin'],
    ['POST', '/api-keys', 'admin'],
    ['GET', '/api-keys', 'admin'],
    ['DELETE', '/api-keys/018f0000-0000-7000-8000-0000000000ff', 'admin'],
  ]
  test.each(routes)('%s %s takes the role %s', async (method, path, needed) => {
    const ladder: Role[] = ['agent', 'supervisor', 'admin']
    const lacking = ladder.filter((role) => ladder.indexOf(role) < (needed === 'platform_admin' ? 3 : ladder.indexOf(needed)))
    for (const role of lacking) {
      const { key } = await gateway.tenant(role)
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
      expect(refusal(await gateway.call(key, method, path, body))).toEqual(refused(403, 'ForbiddenError'))
    }
  })
})

describe('a platform_admin', () => {
  test('acts for the organization that it names', async () => {
    const { organization } = await gateway.tenant('agent', { country: 'FR', timezone: 'Europe/Paris' })
    const { body } = await gateway.call<Echo>(platformKey, 'GET', '/contacts', { headers: { 'X-Organization-Id': organization.id } })
    expect(body.identity).toMatchObject({
      organizationId: organization.id,
      role: 'platform_admin',
      country: 'FR',
      timezone: 'Europe/Paris',
    })
    expect(body.headers).not.toHaveProperty('x-organization-id')
  })

  test('gets an error for an organization that does not exist', async () => {
    const missing = { headers: { 'x-organization-id': '018f0000-0000-7000-8000-0000000000ff' } }
    expect(refusal(await gateway.call(platformKey, 'GET', '/contacts', missing))).toEqual(refused(404, 'OrganizationNotFoundError'))
    const malformed = await gateway.call(platformKey, 'GET', '/contacts', { headers: { 'x-organization-id': '1' } })
    expect(refusal(malformed)).toEqual(refused(400, 'ValidationError'))
    expect(malformed.body).toMatchObject({ details: [{ pointer: '/headers/x-organization-id' }] })
  })

  test('is the only caller that may act for another organization; any caller may name its own', async () => {
    const [one, other] = [await gateway.tenant('admin'), await gateway.tenant('admin')]
    const foreign = await gateway.call(one.key, 'GET', '/contacts', { headers: { 'x-organization-id': other.organization.id } })
    expect(refusal(foreign)).toEqual(refused(403, 'ForbiddenError'))
    const own = await gateway.call<Echo>(one.key, 'GET', '/contacts', { headers: { 'x-organization-id': one.organization.id } })
    expect(own.body.identity.organizationId).toBe(one.organization.id)
  })
})

describe('a key', () => {
  test('is refused by every replica once it is revoked', async () => {
    const other = await openGateway({ service: { database: gateway.service.database, nats: gateway.service.nats } })
    const { organization, key } = await gateway.tenant('agent')
    expect((await gateway.call(key, 'GET', '/programs')).status).toBe(200)
    expect((await other.call(key, 'GET', '/programs')).status).toBe(200)
    const acting = { headers: { 'x-organization-id': organization.id } }
    const { body } = await gateway.call<{ data: ApiKey[] }>(platformKey, 'GET', '/api-keys', acting)
    const revoked = await gateway.call(platformKey, 'DELETE', `/api-keys/${body.data[0]?.id}`, acting)
    expect(revoked.status).toBe(204)
    expect((await gateway.call(key, 'GET', '/programs')).status).toBe(401)
    await eventually(async () => expect((await other.call(key, 'GET', '/programs')).status).toBe(401), { timeoutMs: 3_000 })
    await other.close()
  })

  test('stays known when another organization changes its settings, and its own change is seen at once', async () => {
    const [one, other] = [await gateway.tenant('admin'), await gateway.tenant('admin')]
    for (const { key } of [one, other]) await gateway.call(key, 'GET', '/programs')
    const { sql } = gateway.service.database
    // Without a lookup nobody sees this.
    await sql`update organizations set country = 'ES'`
    const change = await gateway.call(one.key, 'PATCH', '/organizations/current', { body: { country: 'FR', timezone: 'Europe/Paris' } })
    expect(change.status).toBe(200)
    const countryOf = async (key: string) => (await gateway.call<Echo>(key, 'GET', '/programs')).body.identity.country
    expect([await countryOf(one.key), await countryOf(other.key)]).toEqual(['FR', 'MA'])
    await sql`update organizations set country = 'MA' where country = 'ES'`
  })

  test('has the time of its last use, which is not written at each use', async () => {
    const { organization, key } = await gateway.tenant('agent')
    for (let index = 0; index < 5; index++) await gateway.call(key, 'GET', '/programs')
    const { body } = await gateway.call<{ data: ApiKey[] }>(platformKey, 'GET', '/api-keys', {
      headers: { 'x-organization-id': organization.id },
    })
    expect(body.data[0]?.lastUsedAt).toMatch(/Z$/)
    const [row] = await gateway.service.database.sql`
      select xmin::text as first_write, last_used_at from api_keys where id = ${body.data[0]?.id ?? ''}`
    await gateway.call(key, 'GET', '/programs')
    const [later] = await gateway.service.database.sql`
      select xmin::text as first_write, last_used_at from api_keys where id = ${body.data[0]?.id ?? ''}`
    expect(later).toEqual(row)
  })

  test('is stored only as a hash', async () => {
    const { key } = await gateway.tenant('agent')
    const [found] = await gateway.service.database.sql`
      select count(*)::int as rows from api_keys k, idempotency_keys i
      where k::text like ${`%${key.slice(9)}%`} or i::text like ${`%${key.slice(9)}%`}`
    expect(found?.rows).toBe(0)
  })
})

describe('the configured key', () => {
  test('is replaced by a new value, and is valid again when the configuration has it again', async () => {
    const { deps } = gateway.service
    const next = 'carillon_the-next-platform-key-of-tests'
    await ensureConfiguredKey(deps, next)
    const other = await openGateway({
      service: { database: gateway.service.database, nats: gateway.service.nats },
      config: { PLATFORM_API_KEY: next },
    })
    expect((await other.call(platformKey, 'GET', '/organizations')).status).toBe(401)
    expect((await other.call(next, 'GET', '/organizations')).status).toBe(200)
    await other.close()
    await ensureConfiguredKey(deps, platformKey)
    await ensureConfiguredKey(deps, platformKey)
    const third = await openGateway({ service: { database: gateway.service.database, nats: gateway.service.nats } })
    expect((await third.call(platformKey, 'GET', '/organizations')).status).toBe(200)
    expect((await third.call(next, 'GET', '/organizations')).status).toBe(401)
    await third.close()
  })

  test('cannot be revoked over HTTP', async () => {
    const { body } = await gateway.call<{ data: (ApiKey & CreatedApiKey)[] }>(platformKey, 'GET', '/api-keys')
    const configured = body.data.find(({ name, revokedAt }) => name === 'PLATFORM_API_KEY' && revokedAt === null)
    const answer = await gateway.call(platformKey, 'DELETE', `/api-keys/${configured?.id}`)
    expect(refusal(answer)).toEqual(refused(409, 'ApiKeyConfiguredError'))
  })
})
