import type { ApiKeyPage, CreatedApiKey } from '@carillon/contracts/api-key'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const create = (key: string, body: unknown, headers = {}) => gateway.call<CreatedApiKey>(key, 'POST', '/api-keys', { body, headers })

test('a new key works, is shown once, and is left out of the list’s entry', async () => {
  const { key: admin } = await gateway.tenant('admin')
  const { status, body } = await create(admin, { name: 'CRM', role: 'supervisor' })
  const { key, ...listed } = body
  expect(status).toBe(201)
  expect(key).toMatch(/^ck_[\w-]{43}$/)
  expect(listed).toEqual({
    id: expect.any(String),
    name: 'CRM',
    role: 'supervisor',
    mode: 'live',
    prefix: key?.slice(0, 8),
    createdAt: expect.stringMatching(/Z$/),
    lastUsedAt: null,
    revokedAt: null,
  })
  const page = await gateway.call<ApiKeyPage>(admin, 'GET', '/api-keys')
  expect(page.body.data[0]).toEqual(listed)
  expect((await gateway.call(key, 'GET', '/organizations/current')).status).toBe(200)
})

test('a repeated request gets the first answer without the key, and creates no second key', async () => {
  const { key: admin } = await gateway.tenant('admin')
  const header = { 'idempotency-key': 'k-1' }
  const first = await create(admin, { name: 'CRM', role: 'agent' }, header)
  const second = await create(admin, { name: 'CRM', role: 'agent' }, header)
  expect(second).toMatchObject({ status: 201, body: { ...first.body, key: null } })
  expect(refusal(await create(admin, { name: 'CRM', role: 'admin' }, header))).toEqual(refused(409, 'IdempotencyConflictError'))
  expect((await gateway.call<ApiKeyPage>(admin, 'GET', '/api-keys')).body.meta.total).toBe(2)
})

test.each([
  ['no name', { role: 'agent' }, '/name'],
  ['a name that is too long', { name: 'x'.repeat(201), role: 'agent' }, '/name'],
  ['no role', { name: 'CRM' }, '/role'],
  ['an unknown field', { name: 'CRM', role: 'agent', key: 'ck_mine' }, '/key'],
])('a key with %s is refused', async (_what, body, pointer) => {
  const { key } = await gateway.tenant('admin')
  const answer = await create(key, body)
  expect(refusal(answer)).toEqual(refused(400, 'ValidationError'))
  expect(answer.body).toMatchObject({ details: [{ pointer }] })
})

test('a role that does not exist is refused', async () => {
  const { key } = await gateway.tenant('admin')
  expect(refusal(await create(key, { name: 'CRM', role: 'owner' }))).toEqual(refused(400, 'ValidationError'))
})

test('nobody creates a key with a role above their own', async () => {
  const { key } = await gateway.tenant('admin')
  expect(refusal(await create(key, { name: 'CRM', role: 'platform_admin' }))).toEqual(refused(403, 'ForbiddenError'))
})

test('a tenant has no key of the role platform_admin, even from a platform_admin', async () => {
  const { organization } = await gateway.tenant('admin')
  const acting = { 'x-organization-id': organization.id }
  expect(refusal(await create(platformKey, { name: 'CRM', role: 'platform_admin' }, acting))).toEqual(refused(400, 'ValidationError'))
  expect((await create(platformKey, { name: 'Operations', role: 'platform_admin' })).status).toBe(201)
})

test('an admin of the platform cannot revoke a key above its own role', async () => {
  const { body: admin } = await create(platformKey, { name: 'Support', role: 'admin' })
  const { body: above } = await create(platformKey, { name: 'Operations', role: 'platform_admin' })
  expect(refusal(await gateway.call(admin.key, 'DELETE', `/api-keys/${above.id}`))).toEqual(refused(403, 'ForbiddenError'))
})

test('revoking a key again changes nothing', async () => {
  const { key: admin } = await gateway.tenant('admin')
  const { body } = await create(admin, { name: 'CRM', role: 'agent' })
  expect((await gateway.call(admin, 'DELETE', `/api-keys/${body.id}`)).status).toBe(204)
  const first = await gateway.call<ApiKeyPage>(admin, 'GET', '/api-keys')
  expect((await gateway.call(admin, 'DELETE', `/api-keys/${body.id}`)).status).toBe(204)
  expect((await gateway.call<ApiKeyPage>(admin, 'GET', '/api-keys')).body.data[0]).toEqual(first.body.data[0])
  expect(first.body.data[0]?.revokedAt).toMatch(/Z$/)
})

test('another organization’s key is answered like one that does not exist', async () => {
  const [one, other] = [await gateway.tenant('admin'), await gateway.tenant('admin')]
  const { body } = await create(other.key, { name: 'CRM', role: 'agent' })
  expect(refusal(await gateway.call(one.key, 'DELETE', `/api-keys/${body.id}`))).toEqual(refused(404, 'ApiKeyNotFoundError'))
  expect((await gateway.call<ApiKeyPage>(one.key, 'GET', '/api-keys')).body.meta.total).toBe(1)
})

test('an id that is not a UUID is refused', async () => {
  expect(refusal(await gateway.call(platformKey, 'DELETE', '/api-keys/1'))).toEqual(refused(400, 'ValidationError'))
})

test.each(['page=0', 'limit=5000'])('a page of ?%s is refused', async (query) => {
  expect(refusal(await gateway.call(platformKey, 'GET', `/api-keys?${query}`))).toEqual(refused(400, 'ValidationError'))
})
