import { fromIso } from '@carillon/contracts/instant'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Carrier, ended, notDialed, type Script, started } from './support/carrier.ts'
import { executionEvents, expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
const scripts = new Map<string, Script>()

beforeAll(async () => {
  orchestrator = await openOrchestrator()
  carrier = await orchestrator.carrier((order) => scripts.get(order.programId ?? '')?.(order) ?? 'completed')
})
afterAll(() => orchestrator.close())

const now = () => orchestrator.service.deps.clock.now()
const ordersOf = (executionId: string) => carrier.orders.filter((order) => order.data.executionId === executionId)

test('events that come twice, late or in another order take effect once', async () => {
  const known = orchestrator.api.add(someProgram(30, { retryStrategy: { type: 'fixed_delay', delayMinutes: 0, maxRetries: 1 } }))
  scripts.set(known.program.id, () => 'lost')
  const id = await orchestrator.launch(known)
  await eventually(() => expect(ordersOf(id)).toHaveLength(30))
  const first = ordersOf(id)
  // Each has a new message id, as it may have in a repaired stream.
  const again = (event: ReturnType<typeof ended>, copy: number) => ({ ...event, id: `${event.id}:${copy}` })
  await carrier.publish(
    first.flatMap((order) => {
      const end = ended(order, now(), 'busy')
      return [end, again(end, 1), started(order, now())]
    }),
  )
  await eventually(() => expect(ordersOf(id)).toHaveLength(60))
  const second = ordersOf(id).slice(30)
  expect(new Set(second.map((order) => order.data.contactId)).size).toBe(30)
  await carrier.publish([
    ...first.map((order) => again(ended(order, now(), 'completed'), 2)),
    ...second.map((order) => started(order, now())),
    ...second.map((order) => ended(order, now(), 'no_answer')),
    ...first.map((order) => again(ended(order, now(), 'busy'), 3)),
  ])
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsFailed: 30, contactsCompleted: 0 })
  expect(ordersOf(id)).toHaveLength(60)
  await expectConsistent(orchestrator.service, id)
  const events = await executionEvents(orchestrator.service, id, 'execution.completed')
  expect(events.map((event) => event.data.revision)).toEqual(events.map((_, index) => index + 1))
})

test('an order that came too late is no attempt, and the contact gets a new order with a new call id', async () => {
  const known = orchestrator.api.add(someProgram(8))
  const missed = new Set<string>()
  scripts.set(known.program.id, ({ contactId }) => {
    if (missed.has(contactId ?? '')) return 'completed'
    missed.add(contactId ?? '')
    return 'not_dialed'
  })
  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 8 })
  const orders = ordersOf(id)
  expect(orders.map((order) => order.data.attempt)).toEqual(Array.from({ length: 16 }, () => 1))
  expect(new Set(orders.map((order) => order.data.callId)).size).toBe(16)
})

test('a contact that may not be called is skipped', async () => {
  const known = orchestrator.api.add(someProgram(4))
  scripts.set(known.program.id, (order) => (order.contactId === known.contacts[0]?.id ? 'suppressed' : 'completed'))
  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 3, contactsSkipped: 1 })
  await expectConsistent(orchestrator.service, id)
})

test('events about jobs, unknown executions and unknown contacts are ignored', async () => {
  const known = orchestrator.api.add(someProgram(2))
  scripts.set(known.program.id, () => 'lost')
  const id = await orchestrator.launch(known)
  await eventually(() => expect(ordersOf(id)).toHaveLength(2))
  const [one, two] = ordersOf(id)
  if (!one || !two) throw new Error('two orders were expected')
  const about = (change: Partial<typeof one.data>) =>
    notDialed({ ...one, data: { ...one.data, callId: someId(), ...change } }, now(), 'expired')
  await carrier.publish([
    about({ executionId: null, jobId: someId() }),
    about({ executionId: someId() }),
    about({ contactId: someId() }),
    about({ contactId: null }),
    ended(one, now(), 'completed'),
    ended(two, now(), 'completed'),
  ])
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 2 })
  const dead = await orchestrator.service.database.sql`select * from dead_letters`
  expect(dead).toHaveLength(0)
})

test('contacts are spread evenly over the pool and keep their DID through retries', async () => {
  const known = orchestrator.api.add(someProgram(60, { retryStrategy: { type: 'fixed_delay', delayMinutes: 0, maxRetries: 2 } }, 4))
  scripts.set(known.program.id, (order) => (order.attempt < 3 ? 'no_answer' : 'completed'))
  const id = await orchestrator.launch(known)
  await orchestrator.until(id, 'completed')
  const orders = ordersOf(id).map((order) => order.data)
  const firstOf = new Map<string, string>()
  for (const { contactId, from, attempt } of orders) {
    if (attempt === 1) firstOf.set(contactId ?? '', from)
    else expect(firstOf.get(contactId ?? '')).toBe(from)
  }
  const spread = new Map<string, number>()
  for (const from of firstOf.values()) spread.set(from, (spread.get(from) ?? 0) + 1)
  expect([...spread.values()]).toEqual([15, 15, 15, 15])
})

test('while no DID of the pool is active nobody is called; calling continues when one is', async () => {
  const known = orchestrator.api.add(someProgram(3, { startAt: new Date(now() + 1_000).toISOString() }))
  const id = await orchestrator.launch(known)
  const dids = known.dids.splice(0)
  await eventually(() => expect(orchestrator.api.didsAsked(known.program.id)).toBe(1))
  await orchestrator.until(id, 'running')
  const activeAgainMs = now()
  known.dids.push(...dids)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 3 })
  for (const order of ordersOf(id)) expect(fromIso(order.time)).toBeGreaterThanOrEqual(activeAgainMs)
})
