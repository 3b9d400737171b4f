import type { Organization, OrganizationPage } from '@carillon/contracts/organization'
import { questions } from '@carillon/contracts/questions'
import { ask } from '@carillon/service-kit/messaging/questions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'
import type { Echo } from './support/upstream.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const create = (body: unknown, headers = {}) => gateway.call<Organization>(platformKey, 'POST', '/organizations', { body, headers })

test('a new organization has the time zone of its country unless it names another', async () => {
  const { status, body } = await create({ name: 'Acme', country: 'MA' })
  expect([status, body]).toEqual([
    201,
    {
      id: expect.any(String),
      name: 'Acme',
      country: 'MA',
      timezone: 'Africa/Casablanca',
      callingHours: null,
      pacing: null,
      amd: null,
      createdAt: expect.stringMatching(/\.\d{3}Z$/),
      updatedAt: body.createdAt,
    },
  ])
  expect((await create({ name: 'Acme', country: 'US', timezone: 'America/Chicago' })).body.timezone).toBe('America/Chicago')
})

test.each([
  ['no name', { country: 'MA' }, '/name'],
  ['a blank name', { name: '  ', country: 'MA' }, '/name'],
  ['no country', { name: 'Acme' }, '/country'],
  ['a country in lower case', { name: 'Acme', country: 'ma' }, '/country'],
  ['a country that does not exist', { name: 'Acme', country: 'XX' }, '/country'],
  ['a time zone that does not exist', { name: 'Acme', country: 'MA', timezone: 'Africa/Atlantis' }, '/timezone'],
  ['an offset instead of a time zone', { name: 'Acme', country: 'MA', timezone: '+01:00' }, '/timezone'],
  ['a country with several time zones and no time zone', { name: 'Acme', country: 'US' }, '/timezone'],
  ['an unknown field', { name: 'Acme', country: 'MA', isPlatform: true }, '/isPlatform'],
  ['a list', [], ''],
])('an organization with %s is refused at %s', async (_what, body, pointer) => {
  const answer = await create(body)
  expect(refusal(answer)).toEqual(refused(400, 'ValidationError'))
  expect(answer.body).toMatchObject({ details: [{ pointer }] })
})

test('a body that is not JSON is refused', async () => {
  const response = await fetch(`${gateway.url}/organizations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${platformKey}`, 'content-type': 'application/json' },
    body: '{',
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'ValidationError' })
})

test('requests with the same Idempotency-Key create one organization', async () => {
  const key = { 'idempotency-key': 'once' }
  const first = await create({ name: 'Once', country: 'MA' }, key)
  const second = await create({ name: 'Once', country: 'MA' }, key)
  expect(second).toMatchObject({ status: 201, body: first.body })
  expect(refusal(await create({ name: 'Twice', country: 'MA' }, key))).toEqual(refused(409, 'IdempotencyConflictError'))
})

test('organizations are listed page by page, newest first', async () => {
  const { body: newest } = await create({ name: 'Newest', country: 'MA' })
  const { body } = await gateway.call<OrganizationPage>(platformKey, 'GET', '/organizations?limit=2')
  expect(body.data[0]).toEqual(newest)
  expect(body.data).toHaveLength(2)
  expect(body.meta).toMatchObject({ page: 1, limit: 2, totalPages: Math.ceil(body.meta.total / 2) })
})

test.each(['page=0', 'page=x', 'limit=0', 'limit=1001', 'sort=name'])('a page of ?%s is refused', async (query) => {
  expect(refusal(await gateway.call(platformKey, 'GET', `/organizations?${query}`))).toEqual(refused(400, 'ValidationError'))
})

test('after a change of the time zone the services get the new one', async () => {
  const { key } = await gateway.tenant('admin')
  await gateway.call(key, 'GET', '/programs')
  const { status, body } = await gateway.call<Organization>(key, 'PATCH', '/organizations/current', {
    body: { timezone: 'Europe/Paris', name: 'Acme Paris' },
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({ name: 'Acme Paris', country: 'MA', timezone: 'Europe/Paris' })
  expect((await gateway.call(key, 'GET', '/organizations/current')).body).toEqual(body)
  expect((await gateway.call<Echo>(key, 'GET', '/programs')).body.identity.timezone).toBe('Europe/Paris')
})

test.each([
  ['nothing', {}, ''],
  ['an unknown time zone', { timezone: 'Mars/Olympus' }, '/timezone'],
  ['an unknown country', { country: 'XX' }, '/country'],
  ['null', { name: null }, '/name'],
  ['an id', { id: '018f0000-0000-7000-8000-0000000000ff' }, '/id'],
])('a change to %s is refused', async (_what, body, pointer) => {
  const { key } = await gateway.tenant('admin')
  const answer = await gateway.call(key, 'PATCH', '/organizations/current', { body })
  expect(refusal(answer)).toEqual(refused(400, 'ValidationError'))
  expect(answer.body).toMatchObject({ details: [{ pointer }] })
})

test('defaults of programs and call requests are set, told to the services, and cleared', async () => {
  const { key, organization } = await gateway.tenant('admin')
  const organizationId = organization.id
  const change = (body: object) => gateway.call<Organization>(key, 'PATCH', '/organizations/current', { body })
  const told = () => ask(gateway.service.nats.connection, questions.organizationDefaults, { organizationId })
  expect(await told()).toEqual({ callingHours: null, pacing: null, amd: null })
  const callingHours = { monday: [{ startAt: { hour: 9, minute: 0 }, endAt: { hour: 18, minute: 0 } }] }
  const set = await change({ callingHours: { ...callingHours, sunday: null }, pacing: { maxConcurrentCalls: 7 }, amd: true })
  expect(set).toMatchObject({ status: 200, body: { callingHours, pacing: { maxConcurrentCalls: 7 }, amd: true } })
  expect(await told()).toEqual({ callingHours, pacing: { maxConcurrentCalls: 7 }, amd: true })
  expect((await change({ pacing: null, name: 'Other' })).body).toMatchObject({ name: 'Other', pacing: null, amd: true, callingHours })
  const created = await create({ name: 'Acme', country: 'MA', amd: false })
  expect(created.body).toMatchObject({ amd: false, callingHours: null })
  const wrong = await change({ callingHours: { monday: [{ startAt: { hour: 25, minute: 0 }, endAt: { hour: 18, minute: 0 } }] } })
  expect(wrong.body).toMatchObject({ statusCode: 400, details: [{ pointer: '/callingHours/monday/0/startAt/hour' }] })
  const unknown = { organizationId: '018f0000-0000-7000-8000-0000000000ee' }
  await expect(ask(gateway.service.nats.connection, questions.organizationDefaults, unknown)).rejects.toThrow('Organization not found')
})
