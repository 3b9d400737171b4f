import { weekdays } from '@carillon/contracts/program'
import { eventually } from '@carillon/testing/eventually'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier } from './support/carrier.ts'
import { openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeAll(async () => {
  // Monday, half past nine in UTC.
  orchestrator = await openOrchestrator({ clock: { startsAt: '2026-03-02T09:30:00.000Z' } })
  carrier = await orchestrator.carrier(() => 'ringing')
})
afterAll(() => orchestrator.close())

const hours = (from: number, to: number) =>
  Object.fromEntries(weekdays.map((day) => [day, [{ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } }]]))
const ordersOf = (id: string) => carrier.orders.filter(({ data }) => data.executionId === id || data.jobId === id)
const stored = async (id: string) => {
  const [row] = await orchestrator.service.database.sql`
    select max_concurrent_calls::integer as "maxConcurrentCalls", calls_per_second as "callsPerSecond", amd, calling_hours as "callingHours" from executions where id = ${id}`
  return row
}

test('what a program does not say comes from its organization, as it is at the launch', async () => {
  const plain = await orchestrator.launch(orchestrator.api.add(someProgram(1)))
  const defaults = { callingHours: hours(1, 2), pacing: { maxConcurrentCalls: 3, callsPerSecond: 0.5 }, amd: true }
  orchestrator.gateway.set(testOrganizationId, defaults)
  const bare = await orchestrator.launch(orchestrator.api.add(someProgram(1)))
  const own = { callingHours: hours(0, 0), pacing: { maxConcurrentCalls: 9 }, amd: false }
  const full = await orchestrator.launch(orchestrator.api.add(someProgram(1, own)))

  expect(await stored(plain)).toEqual({ maxConcurrentCalls: 50, callsPerSecond: null, amd: null, callingHours: null })
  expect(await stored(bare)).toEqual({ ...defaults.pacing, amd: true, callingHours: defaults.callingHours })
  expect(await stored(full)).toEqual({ ...own.pacing, callsPerSecond: 0.5, amd: false, callingHours: own.callingHours })
  const [order] = await eventually(() => {
    expect(ordersOf(full)).toHaveLength(1)
    return ordersOf(full)
  })
  expect(order?.data.amd).toBe(false)
  expect(ordersOf(bare)).toEqual([])
})

test('so does what a request for one call does not say', async () => {
  orchestrator.gateway.set(testOrganizationId, { callingHours: hours(15, 16), amd: true })
  orchestrator.api.answerCallTargets({
    to: '+212611000001',
    from: '+212522000001',
    flow: { id: someId(), version: 1, name: 'Code' },
    contact: null,
    retryStrategy: { type: 'none' },
    pauseWindows: null,
    callingHours: null,
  })
  const body = { to: '0611000001', didId: someId(), flowId: someId() }
  const made = await orchestrator.request({ method: 'POST', url: '/call-requests', body })
  const { jobId } = made.body as { jobId: string }
  await eventually(async () => {
    const { body: job } = await orchestrator.request({ url: `/call-requests/${jobId}` })
    // Three o'clock in Casablanca, which keeps UTC in the month of Ramadan.
    expect(job).toMatchObject({ status: 'queued', nextAttemptAt: '2026-03-02T15:00:00.000Z' })
  })
  expect(ordersOf(jobId)).toEqual([])
})

test('a program whose pauses leave no time to call is not launched', async () => {
  const pauseWindows = { advanced: [{ startAt: '2026-03-01T00:00:00.000Z', endAt: '2026-03-05T00:00:00.000Z' }] }
  const launch = async (stopAt: string | null) => {
    const known = orchestrator.api.add(someProgram(1, { pauseWindows, stopAt }))
    return orchestrator.request({ method: 'POST', url: `/programs/${known.program.id}/launch` })
  }
  expect(await launch('2026-03-04T00:00:00.000Z')).toMatchObject({ status: 400, body: { details: [{ pointer: '/pauseWindows' }] } })
  expect((await launch('2026-03-06T00:00:00.000Z')).status).toBe(201)
  expect((await launch(null)).status).toBe(201)
})
