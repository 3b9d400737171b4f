import type { AccountResponse, LedgerEntryResponse, RateCardResponse } from '@carillon/contracts/billing'
import type { Role } from '@carillon/contracts/identity'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BillingService, openBilling } from './support/billing-service.ts'
import { callEvents } from './support/call-events.ts'

let billing: BillingService
beforeAll(async () => {
  billing = await openBilling()
})
afterAll(() => billing.close())

interface Request {
  role?: Role
  organizationId?: string
  body?: unknown
  key?: string
}

async function request(method: 'GET' | 'PUT' | 'POST', url: string, { role = 'platform_admin', organizationId, body, key }: Request = {}) {
  const identity = await billing.as(role, organizationId ? { organizationId } : {})
  const headers = { ...identity, ...(key ? { 'idempotency-key': key } : {}) }
  const payload = body === undefined ? {} : { payload: body as object }
  const response = await billing.app.inject({ method, url, headers, ...payload })
  return { status: response.statusCode, body: response.json() }
}
const newOrganization = (() => {
  let count = 0
  return () => `018f0000-0000-7000-9000-${String(++count).padStart(12, '0')}`
})()
const dialAt = (costPerUnit: number) => ({ rates: { dial: { unit: 'second', costPerUnit } } })

test('an organization without a card is shown the platform card', async () => {
  const { status, body } = await request('GET', '/billing/rate-card', { role: 'supervisor' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ organizationId: testOrganizationId, version: 0, effectiveFrom: null })
  expect(body.rates.dial).toEqual({ unit: 'second', costPerUnit: 0.075, minDurationMs: 10_000, incrementMs: null })
})

test('given a card, when another one is put, then it is in force, and the history has both, newest first', async () => {
  const organizationId = newOrganization()
  await request('PUT', '/billing/rate-card', { organizationId, body: dialAt(0.1) })
  const body = { rates: { sms: { unit: 'flat', costPerUnit: 0.5 }, dial: { unit: 'minute', costPerUnit: 3, incrementMs: 60_000 } } }
  const put = await request('PUT', '/billing/rate-card', { organizationId, body })
  expect(put.status).toBe(200)
  expect(put.body).toMatchObject({
    version: 2,
    rates: {
      sms: { unit: 'flat', costPerUnit: 0.5, minDurationMs: null, incrementMs: null },
      dial: { unit: 'minute', costPerUnit: 3, minDurationMs: null, incrementMs: 60_000 },
    },
  })
  expect((await request('GET', '/billing/rate-card', { organizationId })).body).toEqual(put.body)
  const history = await request('GET', '/billing/rate-card/history?limit=1&page=2', { organizationId })
  expect(history.body.meta).toEqual({ page: 2, limit: 1, total: 2, totalPages: 2, nextCursor: null })
  expect(history.body.data.map(({ version }: RateCardResponse) => version)).toEqual([1])
})

test('given a card, when it is put again, then there is no new version', async () => {
  const organizationId = newOrganization()
  const first = await request('PUT', '/billing/rate-card', { organizationId, body: dialAt(0.2) })
  const second = await request('PUT', '/billing/rate-card', { organizationId, body: dialAt(0.2) })
  expect(second.body).toEqual(first.body)
})

test('given cards put at the same time, then each is a version of its own', async () => {
  const organizationId = newOrganization()
  const puts = await Promise.all(
    [1, 2, 3, 4, 5].map((cost) => request('PUT', '/billing/rate-card', { organizationId, body: dialAt(cost) })),
  )
  expect(puts.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4, 5])
  expect(new Set(puts.map(({ body }) => body.effectiveFrom)).size).toBe(5)
})

test('given a call in progress, when the card is replaced, then the call keeps its card and the next one gets the new', async () => {
  const organizationId = newOrganization()
  const before = callEvents({ organizationId, durationMs: 20_000, startedAtMs: billing.deps.clock.now() - 60_000 })
  await billing.publish(before.slice(0, 4))
  const put = await request('PUT', '/billing/rate-card', { organizationId, body: dialAt(1) })
  const after = callEvents({ organizationId, durationMs: 20_000, startedAtMs: Date.parse(put.body.effectiveFrom) })
  await billing.publish([...after, ...before.slice(4)])
  const ids = [before, after].map(([event]) => event?.data.callId ?? '')
  const rated = await eventually(async () => {
    const found = await billing.rated(ids)
    expect(found).toHaveLength(2)
    return found
  })
  const cost = new Map(rated.map(({ data }) => [data.callId, data.totalCostMicros]))
  expect(ids.map((id) => cost.get(id))).toEqual([1_500_000, 20_000_000])
})

test('an account without entries has a balance of 0', async () => {
  const organizationId = newOrganization()
  const { body } = await request('GET', '/billing/account', { organizationId, role: 'supervisor' })
  expect(body).toEqual({ organizationId, balance: 0, currency: 'credits', updatedAt: null })
})

test('given credits added, taken back, and calls made, then account and ledger agree', async () => {
  const organizationId = newOrganization()
  const added = await request('POST', '/billing/credits', { organizationId, body: { amount: 100.5, reason: 'invoice 1' } })
  expect(added.status).toBe(201)
  expect(added.body).toMatchObject({ type: 'adjustment', amount: 100.5, balanceAfter: 100.5, reason: 'invoice 1' })
  await request('POST', '/billing/credits', { organizationId, body: { amount: -0.000001, reason: 'correction' } })
  const call = callEvents({ organizationId, durationMs: 25_001 })
  await billing.publish(call)

  const account = await eventually(async () => {
    const { body } = await request('GET', '/billing/account', { organizationId, role: 'supervisor' })
    expect((body as AccountResponse).balance).toBe(98.624924)
    return body as AccountResponse
  })
  const { body } = await request('GET', '/billing/ledger?limit=2', { organizationId, role: 'supervisor' })
  expect(body.meta).toEqual({ page: 1, limit: 2, total: 3, totalPages: 2, nextCursor: expect.any(String) })
  expect(body.data).toEqual([
    {
      id: call[0]?.data.callId,
      type: 'call',
      amount: -1.875075,
      balanceAfter: 98.624924,
      callId: call[0]?.data.callId,
      executionId: call[0]?.data.executionId,
      at: account.updatedAt,
    },
    expect.objectContaining({ type: 'adjustment', amount: -0.000001, balanceAfter: 100.499999, reason: 'correction' }),
  ])
  const older = await request('GET', '/billing/ledger?limit=2&page=2', { organizationId })
  expect(older.body.data.map(({ id }: LedgerEntryResponse) => id)).toEqual([added.body.id])
  expect((await request('GET', '/billing/ledger?limit=2&page=3', { organizationId })).body.data).toEqual([])

  const adjusted = await eventually(async () => {
    const events = (await billing.published()).filter(
      (event) => event.type === 'account.adjusted' && event.organizationId === organizationId,
    )
    expect(events).toHaveLength(2)
    return events
  })
  expect(adjusted[0]?.data).toEqual({
    entryId: added.body.id,
    amountMicros: 100_500_000,
    balanceMicros: 100_500_000,
    reason: 'invoice 1',
  })
})

test('given an Idempotency-Key, when the request comes again, then the credits are added once and the answer is the same', async () => {
  const organizationId = newOrganization()
  const body = { amount: 10, reason: 'invoice 2' }
  const [one, other] = await Promise.all([1, 2].map(() => request('POST', '/billing/credits', { organizationId, body, key: 'k1' })))
  expect([one?.status, one?.body]).toEqual([201, other?.body])
  const changed = await request('POST', '/billing/credits', { organizationId, body: { ...body, amount: 11 }, key: 'k1' })
  expect([changed.status, changed.body.error]).toEqual([409, 'IdempotencyConflictError'])
  expect((await request('GET', '/billing/account', { organizationId })).body.balance).toBe(10)
})

test('given a balance at its limit, when credits would exceed it, then they are refused and nothing is posted', async () => {
  const organizationId = newOrganization()
  const body = { amount: 1_000_000_000, reason: 'a great deal' }
  for (let times = 0; times < 8; times++) await request('POST', '/billing/credits', { organizationId, body })
  const refused = await request('POST', '/billing/credits', { organizationId, body: { amount: 0.000001, reason: 'a bit' } })
  expect([refused.status, refused.body.details]).toEqual([
    400,
    [{ pointer: '/amount', message: 'amount would take the balance beyond 8 000 000 000 credits' }],
  ])
  expect((await request('GET', '/billing/account', { organizationId })).body.balance).toBe(8_000_000_000)
})

test('an organization cannot see the data of another one', async () => {
  await request('PUT', '/billing/rate-card', { body: dialAt(7) })
  await request('POST', '/billing/credits', { body: { amount: 5, reason: 'mine' }, key: 'the-same-key' })
  const theirs = { organizationId: otherOrganizationId }
  expect((await request('GET', '/billing/account', theirs)).body.balance).toBe(0)
  expect((await request('GET', '/billing/ledger', theirs)).body.data).toEqual([])
  expect((await request('GET', '/billing/rate-card', theirs)).body.version).toBe(0)
  expect((await request('GET', '/billing/rate-card/history', theirs)).body.data).toEqual([])
  const added = await request('POST', '/billing/credits', { ...theirs, body: { amount: 6, reason: 'theirs' }, key: 'the-same-key' })
  expect([added.status, added.body.balanceAfter]).toEqual([201, 6])
})

test.each([
  ['GET', '/billing/account', 'agent'],
  ['GET', '/billing/ledger', 'agent'],
  ['GET', '/billing/rate-card', 'agent'],
  ['GET', '/billing/rate-card/history', 'agent'],
  ['PUT', '/billing/rate-card', 'admin'],
  ['POST', '/billing/credits', 'admin'],
] as const)('%s %s is forbidden to the role %s', async (method, url, role) => {
  const { status, body } = await request(method, url, { role, ...(method === 'GET' ? {} : { body: {} }) })
  expect([status, body.error]).toEqual([403, 'ForbiddenError'])
})

test('a request without an identity is refused', async () => {
  const response = await billing.app.inject({ method: 'GET', url: '/billing/account' })
  expect([response.statusCode, response.json().error]).toEqual([401, 'UnauthorizedError'])
})

test.each([
  ['no rates', {}, '/rates'],
  ['a node type that does not exist', { rates: { fax: { unit: 'flat', costPerUnit: 1 } } }, '/rates/fax'],
  ['no unit', { rates: { dial: { costPerUnit: 1 } } }, '/rates/dial/unit'],
  ['a unit that does not exist', { rates: { dial: { unit: 'hour', costPerUnit: 1 } } }, '/rates/dial/unit'],
  ['no cost', { rates: { dial: { unit: 'second' } } }, '/rates/dial/costPerUnit'],
  ['a cost as text', { rates: { dial: { unit: 'second', costPerUnit: '1' } } }, '/rates/dial/costPerUnit'],
  ['a negative cost', { rates: { dial: { unit: 'second', costPerUnit: -1 } } }, '/rates/dial/costPerUnit'],
  ['seven decimals', { rates: { dial: { unit: 'second', costPerUnit: 0.0000001 } } }, '/rates/dial/costPerUnit'],
  ['a negative minimum', { rates: { dial: { unit: 'second', costPerUnit: 1, minDurationMs: -1 } } }, '/rates/dial/minDurationMs'],
  ['an increment of 0', { rates: { dial: { unit: 'second', costPerUnit: 1, incrementMs: 0 } } }, '/rates/dial/incrementMs'],
  ['a minimum on a flat rate', { rates: { sms: { unit: 'flat', costPerUnit: 1, minDurationMs: 5 } } }, '/rates/sms/minDurationMs'],
  ['a misspelt field', { rates: { dial: { unit: 'second', costPerUnit: 1, minimum: 5 } } }, '/rates/dial/minimum'],
])('a rate card with %s is refused', async (_title, body, pointer) => {
  const answer = await request('PUT', '/billing/rate-card', { body })
  expect([answer.status, answer.body.error]).toEqual([400, 'ValidationError'])
  expect(answer.body.details.map((problem: { pointer: string }) => problem.pointer)).toContain(pointer)
})

test.each([
  ['no amount', { reason: 'x' }, '/amount'],
  ['an amount of 0', { amount: 0, reason: 'x' }, '/amount'],
  ['an amount as text', { amount: '5', reason: 'x' }, '/amount'],
  ['seven decimals', { amount: 1.0000001, reason: 'x' }, '/amount'],
  ['too large an amount', { amount: 1_000_000_001, reason: 'x' }, '/amount'],
  ['no reason', { amount: 5 }, '/reason'],
  ['a blank reason', { amount: 5, reason: '  ' }, '/reason'],
  ['an unknown field', { amount: 5, reason: 'x', currency: 'EUR' }, '/currency'],
])('credits with %s are refused', async (_title, body, pointer) => {
  const answer = await request('POST', '/billing/credits', { body })
  expect([answer.status, answer.body.error]).toEqual([400, 'ValidationError'])
  expect(answer.body.details.map((problem: { pointer: string }) => problem.pointer)).toContain(pointer)
})

test.each(['page=0', 'limit=0', 'limit=1001', 'page=x', 'sort=at'])('a page with %s is refused', async (query) => {
  for (const url of ['/billing/ledger', '/billing/rate-card/history']) {
    expect((await request('GET', `${url}?${query}`)).status).toBe(400)
  }
})
