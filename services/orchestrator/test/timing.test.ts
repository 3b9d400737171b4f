import { fromIso } from '@carillon/contracts/instant'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier, Script } from './support/carrier.ts'
import { executionEvents, expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
const scripts = new Map<string, Script>()

beforeAll(async () => {
  // A Monday morning in which an hour passes in a second.
  orchestrator = await openOrchestrator({ clock: { speed: 3_600, startsAt: '2026-03-02T09:00:00.000Z' } })
  carrier = await orchestrator.carrier((order) => scripts.get(order.programId ?? '')?.(order) ?? 'completed')
})
afterAll(() => orchestrator.close())

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const now = () => orchestrator.service.deps.clock.now()
const iso = (ms: number) => new Date(ms).toISOString()
const ordersOf = (executionId: string) => carrier.orders.filter((order) => order.data.executionId === executionId)

test('a busy contact is called again after each delay until it answers', async () => {
  const known = orchestrator.api.add(someProgram(20, { retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 3 } }))
  scripts.set(known.program.id, (order) => (order.attempt < 3 ? 'busy' : 'completed'))
  const id = await orchestrator.launch(known)
  const done = await orchestrator.until(id, 'completed')
  expect(done).toMatchObject({ contactsCompleted: 20, contactsFailed: 0 })
  const orders = ordersOf(id)
  expect(orders).toHaveLength(60)
  for (const { id: contactId } of known.contacts) {
    const calls = orders.filter((order) => order.data.contactId === contactId)
    expect(calls.map((order) => order.data.attempt)).toEqual([1, 2, 3])
    calls.forEach((call, index) => {
      const before = calls[index - 1]
      if (before) expect(fromIso(call.time) - fromIso(before.time)).toBeGreaterThanOrEqual(30 * minuteMs)
    })
  }
  await expectConsistent(orchestrator.service, id)
})

test('a contact that is never reached has failed when no retry is left', async () => {
  const known = orchestrator.api.add(someProgram(5, { retryStrategy: { type: 'fixed_delay', delayMinutes: 10, maxRetries: 2 } }))
  scripts.set(known.program.id, (order) => (order.attempt === 2 ? 'voicemail' : 'no_answer'))
  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 0, contactsFailed: 5 })
  expect(ordersOf(id)).toHaveLength(15)
})

test('scheduled retries are made at their dates, and a date that has passed is skipped', async () => {
  const date = now() + 2 * hourMs
  const retryDates = [iso(now() - hourMs), iso(date)]
  const known = orchestrator.api.add(someProgram(3, { retryStrategy: { type: 'scheduled', retryDates } }))
  scripts.set(known.program.id, (order) => (order.attempt === 1 ? 'rejected' : 'completed'))
  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 3 })
  const second = ordersOf(id).filter((order) => order.data.attempt === 2)
  expect(second).toHaveLength(3)
  for (const order of second) expect(fromIso(order.time)).toBeGreaterThanOrEqual(date)
})

test('nobody is called in a pause window, and an order made before it ends at its start', async () => {
  const startMs = now() + 2 * hourMs
  const endMs = startMs + 3 * hourMs
  const known = orchestrator.api.add(
    someProgram(6, {
      pauseWindows: { advanced: [{ startAt: iso(startMs), endAt: iso(endMs) }] },
      retryStrategy: { type: 'fixed_delay', delayMinutes: 150, maxRetries: 1 },
      pacing: { maxConcurrentCalls: 6 },
    }),
  )
  scripts.set(known.program.id, (order) => (order.attempt === 1 ? 'busy' : 'completed'))
  const id = await orchestrator.launch(known)
  await orchestrator.until(id, 'completed')
  const orders = ordersOf(id)
  expect(orders).toHaveLength(12)
  for (const order of orders) {
    const madeAt = fromIso(order.time)
    expect(madeAt < startMs || madeAt >= endMs).toBe(true)
    if (madeAt < startMs) expect(fromIso(order.data.notAfter)).toBeLessThanOrEqual(startMs)
  }
  const events = await executionEvents(orchestrator.service, id, 'execution.completed')
  const retries = events.flatMap((event) => ('changes' in event.data ? event.data.changes : [])).filter((change) => change.dueAt !== null)
  for (const { dueAt } of retries) expect(fromIso(dueAt ?? '')).toBeGreaterThanOrEqual(endMs)
})

test('a scheduled execution starts at its start and stops at its stop, and contacts that were not called are skipped', async () => {
  const startAt = iso(now() + hourMs)
  const stopMs = now() + 3 * hourMs
  const known = orchestrator.api.add(someProgram(30, { startAt, stopAt: iso(stopMs), pacing: { callsPerSecond: 0.001 } }))
  const id = await orchestrator.launch(known)
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'scheduled', scheduledStartAt: startAt })
  expect((await orchestrator.execution(id)).actualStartAt).toBeUndefined()
  const done = await orchestrator.until(id, 'stopped')
  expect(fromIso(done.actualStartAt ?? '')).toBeGreaterThanOrEqual(fromIso(startAt))
  expect(fromIso(done.actualEndAt ?? '')).toBeGreaterThanOrEqual(stopMs)
  await eventually(async () => {
    const { contactsSkipped, contactsCompleted, contactsInProgress } = await orchestrator.execution(id)
    expect(contactsInProgress).toBe(0)
    expect(contactsSkipped + contactsCompleted).toBe(30)
    expect(contactsSkipped).toBeGreaterThan(10)
    await expectConsistent(orchestrator.service, id)
  })
  for (const order of ordersOf(id)) expect(fromIso(order.data.notAfter)).toBeLessThanOrEqual(stopMs)
})

test('calls are started no faster than the program says', async () => {
  const known = orchestrator.api.add(someProgram(40, { pacing: { callsPerSecond: 0.005 } }))
  const id = await orchestrator.launch(known)
  await orchestrator.until(id, 'completed')
  const times = ordersOf(id).map((order) => fromIso(order.time))
  const elapsedSeconds = (Math.max(...times) - Math.min(...times)) / 1_000
  // The tokens of one real second may be used at once.
  expect(elapsedSeconds).toBeGreaterThanOrEqual((40 - 1 - 0.005 * 3_600) / 0.005)
})

test('contacts are called in their own business hours', async () => {
  const opensMs = Math.ceil(now() / hourMs) * hourMs + 2 * hourMs
  const opens = new Date(opensMs)
  const day = (['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const)[opens.getUTCDay()] ?? 'monday'
  const known = orchestrator.api.add(
    someProgram(4, {
      timezone: 'UTC',
      callingHours: { [day]: [{ startAt: { hour: opens.getUTCHours(), minute: 0 }, endAt: { hour: opens.getUTCHours(), minute: 59 } }] },
    }),
  )
  // Trunk extensions have no country, so the clock of the program counts.
  for (const [index, contact] of known.contacts.entries()) contact.phone = `600${index}`
  const id = await orchestrator.launch(known)
  await orchestrator.until(id, 'completed')
  expect(ordersOf(id)).toHaveLength(4)
  for (const order of ordersOf(id)) {
    expect(fromIso(order.time)).toBeGreaterThanOrEqual(opensMs)
    expect(fromIso(order.data.notAfter)).toBeLessThanOrEqual(opensMs + 59 * minuteMs)
  }
})
