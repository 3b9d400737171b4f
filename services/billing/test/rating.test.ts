import { randomUUID } from 'node:crypto'
import type { CallNotDialed, SequencedCallEvent } from '@carillon/contracts/call-events'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import fc, { type Arbitrary } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BillingService, openBilling } from './support/billing-service.ts'
import { callEvents } from './support/call-events.ts'

let billing: BillingService
beforeAll(async () => {
  billing = await openBilling()
})
afterAll(() => billing.close())

const idOf = (call: readonly SequencedCallEvent[]) => call[0]?.data.callId ?? ''

/** Publishes events and waits until the reader of the lane has read them: then one more call of the same execution is rated. */
async function publishAndPass(executionId: string, events: readonly SequencedCallEvent[], storage?: string) {
  const last = callEvents({ executionId, durationMs: null })
  await billing.publish(events, storage)
  await billing.publish(last)
  await eventually(async () => expect(await billing.rated([idOf(last)])).toHaveLength(1))
}

async function ledgerOf(organizationId: string) {
  return billing.database.sql<{ call_id: string | null; amount: string; balance_after: string; number: string }[]>`
    select call_id, amount, balance_after, number from ledger where organization_id = ${organizationId} order by number`
}

test.each([
  [25_001, 1_875_075],
  [45_000, 3_375_000],
  [210_000, 15_750_000],
  [4_000, 750_000],
])('a call of %i ms costs %i micro-credits from its events to its entry and its report', async (durationMs, costMicros) => {
  const call = callEvents({ durationMs })
  await billing.publish(call)
  const [rated] = await eventually(async () => {
    const found = await billing.rated([idOf(call)])
    expect(found).toHaveLength(1)
    return found
  })
  expect(rated).toMatchObject({
    id: `${idOf(call)}:rated`,
    organizationId: testOrganizationId,
    causationId: call.at(-1)?.id,
    data: {
      callId: idOf(call),
      executionId: call[0]?.data.executionId,
      durationMs,
      totalCostMicros: costMicros,
      nodes: [{ nodeId: 'dial-1', durationMs, costMicros, costPerUnitMicros: 75_000, unit: 'second', minDurationMs: 10_000 }],
    },
  })
  const [entry] = await billing.database.sql`select amount, type, execution_id from ledger where call_id = ${idOf(call)}`
  expect(entry).toEqual({ amount: (-costMicros / 1e6).toFixed(6), type: 'call', execution_id: call[0]?.data.executionId })
})

test('given a call in test mode, then it is reported with its nodes at 0, has no entry, and is not rated again', async () => {
  const call = callEvents({ durationMs: 60_000, test: true })
  await publishAndPass(call[0]?.data.executionId ?? '', call)
  await publishAndPass(call[0]?.data.executionId ?? '', call, 'again')
  const rated = await billing.rated([idOf(call)])
  expect(rated).toMatchObject([{ data: { durationMs: 60_000, totalCostMicros: 0, nodes: [{ costMicros: 0, costPerUnitMicros: 0 }] } }])
  expect(await billing.database.sql`select id from ledger where call_id = ${idOf(call)}`).toHaveLength(0)
})

test('given an unanswered call, then it is reported at 0, has no entry, and is not rated again', async () => {
  const executionId = randomUUID()
  const call = callEvents({ executionId, durationMs: null })
  await publishAndPass(executionId, call)
  await publishAndPass(executionId, call, 'again')
  const rated = await billing.rated([idOf(call)])
  expect(rated.map(({ data }) => [data.totalCostMicros, data.durationMs, data.nodes.length])).toEqual([[0, null, 1]])
  expect(await billing.database.sql`select from ledger where call_id = ${idOf(call)}`).toHaveLength(0)
})

test('given events that the stream stored twice and out of order, then the call is debited once', async () => {
  const executionId = randomUUID()
  const call = callEvents({ executionId, durationMs: 45_000, nodes: [{ nodeType: 'record', durationMs: 10_000 }] })
  const [first, ...others] = call.toReversed()
  if (!first) throw new Error('no events')
  await publishAndPass(executionId, [first, ...others.slice(0, 3)])
  expect(await billing.rated([idOf(call)])).toHaveLength(0)
  await publishAndPass(executionId, others.slice(3))
  await publishAndPass(executionId, [...call, ...call.toReversed()], 'again')
  const rated = await billing.rated([idOf(call)])
  expect(rated.map(({ data }) => data.totalCostMicros)).toEqual([3_375_000 + 570_000])
  expect(await billing.database.sql`select from ledger where call_id = ${idOf(call)}`).toHaveLength(1)
  expect(await billing.database.sql`select from open_calls where call_id = ${idOf(call)}`).toHaveLength(0)
})

test('given a call with a missing event, then it waits, and the metric shows it', async () => {
  const executionId = randomUUID()
  const call = callEvents({ executionId, durationMs: 4_000 })
  const missing = call[2]
  if (!missing) throw new Error('no third event')
  await publishAndPass(
    executionId,
    call.filter((event) => event !== missing),
  )
  expect(await billing.deps.metrics.registry.getSingleMetricAsString('billing_calls_with_gap')).toContain('} 1')
  await publishAndPass(executionId, [missing])
  expect(await billing.rated([idOf(call)])).toHaveLength(1)
  expect(await billing.deps.metrics.registry.getSingleMetricAsString('billing_calls_with_gap')).toContain('} 0')
})

test('given an order that was never dialed, then there is nothing to rate', async () => {
  const executionId = randomUUID()
  const [started] = callEvents({ executionId, durationMs: null })
  if (!started) throw new Error('no events')
  const { callId } = started.data
  const notDialed: CallNotDialed = {
    ...started,
    type: 'call.not_dialed',
    data: { callId, seq: 1, executionId, jobId: null, contactId: null, attempt: 1, reason: 'expired' },
  }
  await billing.publish([notDialed])
  await publishAndPass(executionId, [])
  expect(await billing.rated([callId])).toEqual([])
  expect(await billing.database.sql`select from open_calls where call_id = ${callId}`).toHaveLength(0)
})

test('given a call that cannot be read, then it is set aside and the others are rated', async () => {
  const executionId = randomUUID()
  const broken = callEvents({ executionId, callId: 'no uuid', durationMs: 5_000 })
  const sound = callEvents({ executionId, durationMs: 5_000 })
  await publishAndPass(executionId, [...sound.slice(0, 2), ...broken, ...sound.slice(2)])
  expect(await billing.rated([idOf(sound)])).toHaveLength(1)
  const [row] = await billing.database.sql`select count(*)::int as letters from dead_letters`
  expect(row?.letters).toBe(broken.length)
})

test('given a commit that fails twice, then the batch is applied again, and counts once', async () => {
  const { sql } = billing.database
  await sql`create sequence commits`
  await sql`
    create function fail_twice() returns trigger language plpgsql as $$
    begin
      if nextval('commits') <= 2 then raise exception 'the connection is gone' using errcode = '57P01'; end if;
      return null;
    end $$`
  await sql`create constraint trigger fail_twice after insert on ledger deferrable initially deferred for each row execute function fail_twice()`
  const executionId = randomUUID()
  const call = callEvents({ executionId, durationMs: 12_000 })
  await publishAndPass(executionId, call)
  await sql`drop trigger fail_twice on ledger`
  const [row] = await sql`select last_value::int as commits from commits`
  expect(row?.commits).toBe(3)
  expect(await billing.rated([idOf(call)])).toHaveLength(1)
  expect(await sql`select from ledger where call_id = ${idOf(call)}`).toHaveLength(1)
})

const course = fc.record({
  durationMs: fc.option(fc.nat(120_000), { freq: 2 }),
  nodes: fc.array(fc.record({ nodeType: fc.constant('record'), durationMs: fc.nat(20_000) }), { maxLength: 1 }),
})
let draws = 0
/** A value that is the same in every run of the tests. */
const sampled = <T>(values: Arbitrary<T>): T => {
  const [value] = fc.sample(values, { seed: ++draws, numRuns: 1 })
  return value as T
}

test('given many calls of two organizations, shuffled and doubled, then balance, ledger and reports agree with the calls', async () => {
  const organizations = [otherOrganizationId, '018f0000-0000-7000-8000-00000000000c']
  const executions = Array.from({ length: 8 }, () => randomUUID())
  const calls = Array.from({ length: 80 }, (_, index) => ({
    organizationId: organizations[index % 2] ?? '',
    executionId: executions[index % 8] ?? '',
    callId: randomUUID(),
    ...sampled(course),
  }))
  const events = calls.flatMap((call) => callEvents(call))
  await Promise.all(
    executions.map(async (executionId) => {
      const own = events.filter((event) => event.data.executionId === executionId)
      await billing.publish(sampled(fc.shuffledSubarray(own, { minLength: own.length })))
      await billing.publish(sampled(fc.subarray(own)), 'again')
    }),
  )
  const rated = await eventually(async () => {
    const found = await billing.rated(calls.map(({ callId }) => callId))
    expect(found).toHaveLength(80)
    return found
  })
  for (const organizationId of organizations) {
    const expected = calls
      .filter((call) => call.organizationId === organizationId)
      .map(({ durationMs, nodes }) => {
        const dialed = durationMs === null ? 0 : Math.max(durationMs, 10_000) * 75
        return nodes.reduce((sum, node) => sum + node.durationMs * 57, dialed)
      })
      .reduce((sum, cost) => sum + cost, 0)
    const entries = await ledgerOf(organizationId)
    const [account] = await billing.database.sql<{ micros: string }[]>`
      select (balance * 1000000)::bigint as micros from accounts where organization_id = ${organizationId}`
    const reported = rated.filter((event) => event.organizationId === organizationId)
    expect(reported.reduce((sum, { data }) => sum + data.totalCostMicros, 0)).toBe(expected)
    expect(Number(account?.micros)).toBe(-expected)
    let balance = 0
    entries.forEach((entry, index) => {
      balance += Math.round(Number(entry.amount) * 1e6)
      expect(Number(entry.number)).toBe(index + 1)
      expect(Math.round(Number(entry.balance_after) * 1e6)).toBe(balance)
    })
    expect(balance).toBe(-expected)
  }
})
