import type { ApiKeyPage, CreatedApiKey } from '@carillon/contracts/api-key'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'
import type { Echo } from './support/upstream.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const create = (key: string, body: object, headers = {}) =>
  gateway.call<CreatedApiKey>(key, 'POST', '/api-keys', { body: { name: 'CI', role: 'admin', ...body }, headers })

async function testTenant() {
  const { organization, key } = await gateway.tenant('admin')
  const { body } = await create(key, { mode: 'test' })
  if (body.key === null) throw new Error('the answer holds no key')
  return { organization, live: key, test: body.key }
}

const testMode = { 'x-mode': 'test' }
const modeSeen = async (key: string, headers = {}) =>
  (await gateway.call<Echo>(key, 'GET', '/programs', { headers })).body.identity.test ?? false

describe('a test key', () => {
  test('is recognized by its beginning, and its prefix shows five characters of its own', async () => {
    const { live, test: key } = await testTenant()
    expect(key).toMatch(/^ck_test_[\w-]{43}$/)
    const { body } = await gateway.call<ApiKeyPage>(live, 'GET', '/api-keys')
    expect(body.data.map(({ mode, prefix }) => ({ mode, prefix }))).toEqual([
      { mode: 'test', prefix: key.slice(0, 13) },
      { mode: 'live', prefix: live.slice(0, 8) },
    ])
  })

  test('puts each request in test mode, and the services are told', async () => {
    const { live, test: key } = await testTenant()
    expect([await modeSeen(key), await modeSeen(key, testMode), await modeSeen(live)]).toEqual([true, true, false])
  })

  test('cannot ask for live mode', async () => {
    const { test: key } = await testTenant()
    const answer = await gateway.call(key, 'GET', '/programs', { headers: { 'x-mode': 'live' } })
    expect(refusal(answer)).toEqual(refused(403, 'TestModeForbiddenError'))
  })

  test('creates test keys only', async () => {
    const { test: key } = await testTenant()
    expect((await create(key, {})).body).toMatchObject({ mode: 'test', key: expect.stringMatching(/^ck_test_/) })
    expect(refusal(await create(key, { mode: 'live' }))).toEqual(refused(403, 'TestModeForbiddenError'))
  })

  test('revokes test keys only', async () => {
    const { live, test: key } = await testTenant()
    const { body } = await gateway.call<ApiKeyPage>(live, 'GET', '/api-keys')
    const [own, other] = body.data
    expect(refusal(await gateway.call(key, 'DELETE', `/api-keys/${other?.id}`))).toEqual(refused(403, 'TestModeForbiddenError'))
    expect((await gateway.call(key, 'DELETE', `/api-keys/${own?.id}`)).status).toBe(204)
  })

  test('does not change the organization', async () => {
    const { test: key } = await testTenant()
    const answer = await gateway.call(key, 'PATCH', '/organizations/current', { body: { name: 'Other' } })
    expect(refusal(answer)).toEqual(refused(403, 'TestModeForbiddenError'))
    expect((await gateway.call(key, 'GET', '/organizations/current')).status).toBe(200)
  })
})

describe('a live key', () => {
  test('asks for test mode by a header, also for another organization', async () => {
    const { organization, live } = await testTenant()
    expect(await modeSeen(live, testMode)).toBe(true)
    expect(await modeSeen(platformKey, { ...testMode, 'x-organization-id': organization.id })).toBe(true)
    expect((await create(live, {}, testMode)).body.mode).toBe('test')
  })

  test('is refused with a mode that does not exist', async () => {
    const { live } = await testTenant()
    const answer = await gateway.call(live, 'GET', '/programs', { headers: { 'x-mode': 'sandbox' } })
    expect(refusal(answer)).toEqual(refused(400, 'ValidationError'))
    expect(answer.body).toMatchObject({ details: [{ pointer: '/headers/x-mode' }] })
  })

  test('does not repeat in live mode what an Idempotency-Key did in test mode', async () => {
    const { live } = await testTenant()
    const once = { 'idempotency-key': 'same' }
    expect((await create(live, {}, { ...once, ...testMode })).status).toBe(201)
    expect(refusal(await create(live, {}, once))).toEqual(refused(409, 'IdempotencyConflictError'))
  })
})
