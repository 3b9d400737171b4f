import type { CallEvent } from '@carillon/contracts/call-events'
import { laneOf } from '@carillon/contracts/lane'
import type { AutoPauseRule } from '@carillon/contracts/program'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Carrier, ran, started } from './support/carrier.ts'
import { executionEvents, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  carrier = await orchestrator.carrier(() => 'ringing')
})
afterAll(() => orchestrator.close())

const now = () => orchestrator.service.deps.clock.now()
const ordersOf = (id: string) => carrier.orders.filter((order) => order.data.executionId === id)
const command = (id: string, what: 'pause' | 'resume', body?: object) =>
  orchestrator.request({ method: 'PATCH', url: `/program-executions/${id}/${what}`, ...(body ? { body } : {}) })
const cancel = (id: string) => orchestrator.request({ method: 'DELETE', url: `/program-executions/${id}` })
const countedRows = async (id: string) =>
  (await orchestrator.service.database.sql`select from counted_runs where execution_id = ${id}`).count

/** Launches ten contacts, four of which may be called at once, and waits until four ring. */
async function ringing(autoPauseRules: AutoPauseRule[] | null): Promise<string> {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(10, { pacing: { maxConcurrentCalls: 4 }, autoPauseRules })))
  await eventually(() => expect(ordersOf(id)).toHaveLength(4))
  return id
}

function orderOf(id: string, index: number) {
  const order = ordersOf(id)[index]
  if (!order) throw new Error('an order was expected')
  return order
}
/** The carrier's own events have the first numbers of a call. */
const run = (id: string, call: number, nth: number, nodeId = 'hangup_1') => ran(orderOf(id, call), now(), nodeId, 10 + nth)

let copies = 0
/** The same event under another message id, as it may be in a repaired stream. */
const again = <E extends CallEvent>(event: E): E => ({ ...event, id: `${event.id}:copy-${++copies}` })

const counted = (id: string, count: number, more: object = {}) =>
  eventually(async () =>
    expect(await orchestrator.execution(id)).toMatchObject({ autoPauseCounters: [{ nodeId: 'hangup_1', count }], ...more }),
  )
const rule = (threshold: number, resetOnResume: boolean): AutoPauseRule => ({ nodeId: 'hangup_1', threshold, resetOnResume })

test('runs that come twice or late count once; at the threshold the execution pauses, and its event tells the rule and the count', async () => {
  const id = await ringing([rule(3, true)])
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'running', autoPauseCounters: [{ nodeId: 'hangup_1', count: 0 }] })
  const first = run(id, 0, 3)
  const second = run(id, 0, 2)
  // In one batch, against the order of the call, beside a node without a rule.
  await carrier.publish([first, again(first), second, run(id, 0, 4, 'dial_1'), again(second)])
  await counted(id, 2, { status: 'running' })
  await carrier.publish([again(first), again(second), run(id, 1, 2), again(first)])
  const pausedBy = { nodeId: 'hangup_1', threshold: 3, count: 3 }
  await counted(id, 3, { status: 'paused_threshold', pausedBy })
  const events = await executionEvents(orchestrator.service, id, 'execution.paused')
  expect(events.at(-1)?.data).toMatchObject({ status: 'paused_threshold', pausedBy })
  expect(events.map((event) => event.data.revision)).toEqual(events.map((_, index) => index + 1))

  await carrier.finish(orderOf(id, 0), 'completed')
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ contactsCompleted: 1, status: 'paused_threshold' }))
  expect(ordersOf(id)).toHaveLength(4)
  // Calls go on while it is paused, and are counted.
  await carrier.publish([again(first), run(id, 2, 2)])
  await counted(id, 4, { status: 'paused_threshold', pausedBy })
  expect(await countedRows(id)).toBe(4)

  const resumed = await command(id, 'resume')
  expect(resumed).toMatchObject({ status: 200, body: { status: 'running', autoPauseCounters: [{ nodeId: 'hangup_1', count: 0 }] } })
  expect(resumed.body).not.toHaveProperty('pausedBy')
  await eventually(() => expect(ordersOf(id)).toHaveLength(5))
  await carrier.publish([again(first), run(id, 3, 2)])
  await counted(id, 1, { status: 'running' })

  await cancel(id)
  const ended = await orchestrator.execution(id)
  expect(ended).not.toHaveProperty('autoPauseCounters')
  await eventually(async () => expect(await countedRows(id)).toBe(0), { timeoutMs: 15_000 })
  const [row] = await orchestrator.service.database.sql`select node_counters from executions where id = ${id}`
  expect(row).toEqual({ node_counters: [] })
})

test('a rule without a reset pauses once; when rules are replaced, one that is reached already pauses at the next run of its node', async () => {
  const id = await ringing([rule(1, false)])
  await carrier.publish([run(id, 0, 2)])
  await counted(id, 1, { status: 'paused_threshold' })
  expect(await command(id, 'resume')).toMatchObject({ body: { status: 'running', autoPauseCounters: [{ count: 1 }] } })
  await carrier.publish([run(id, 1, 2)])
  await counted(id, 2, { status: 'running' })

  await command(id, 'pause')
  const replaced = await command(id, 'resume', { autoPauseRules: [rule(2, false)] })
  expect(replaced).toMatchObject({ status: 200, body: { status: 'running', autoPauseCounters: [{ count: 2 }] } })
  await carrier.publish([run(id, 2, 2)])
  await counted(id, 3, { status: 'paused_threshold', pausedBy: { nodeId: 'hangup_1', threshold: 2, count: 3 } })

  expect(await command(id, 'resume', { autoPauseRules: [rule(2, true)] })).toMatchObject({ body: { autoPauseCounters: [{ count: 0 }] } })
  await carrier.publish([run(id, 3, 2)])
  await counted(id, 1, { status: 'running' })
  await command(id, 'pause')
  expect(await command(id, 'resume', { autoPauseRules: null })).toMatchObject({ status: 200, body: { status: 'running' } })
  await cancel(id)
})

test('an execution that a user has paused stays paused, and pauses by its rule at the next run after the resume', async () => {
  const id = await ringing([rule(2, true)])
  await command(id, 'pause')
  await carrier.publish([run(id, 0, 2), run(id, 1, 2)])
  await counted(id, 2, { status: 'paused' })
  await command(id, 'resume')
  await counted(id, 2, { status: 'running' })
  await carrier.publish([run(id, 2, 2)])
  await counted(id, 3, { status: 'paused_threshold' })
  expect(await cancel(id)).toMatchObject({ status: 204 })
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'cancelled', contactsSkipped: 6 })
})

test('runs of an execution without rules write nothing', async () => {
  const id = await ringing(null)
  const other = await ringing([rule(100, true)])
  const stateOf = async () => (await orchestrator.service.database.sql`select xmin, revision from executions where id = ${id}`)[0]
  await carrier.publish([started(orderOf(id, 0), now())])
  await eventually(async () => expect(await inCall(id)).toBe(4))
  const before = await stateOf()
  await carrier.publish([run(id, 0, 2), run(id, 1, 2), run(other, 0, 2)])
  await counted(other, 1)
  expect(await orchestrator.execution(id)).not.toHaveProperty('autoPauseCounters')
  expect([await stateOf(), await countedRows(id)]).toEqual([before, 0])
  for (const ending of [id, other]) await cancel(ending)
})

async function inCall(id: string): Promise<number> {
  const [row] = await orchestrator.service.database.sql<{ calling: number }[]>`select calling from executions where id = ${id}`
  return row?.calling ?? 0
}

test('no call is ordered after the pause by a rule, and stopAt stops the execution', async () => {
  const stopAt = new Date(now() + 4_000).toISOString()
  const known = orchestrator.api.add(someProgram(10, { pacing: { maxConcurrentCalls: 4 }, autoPauseRules: [rule(1, true)], stopAt }))
  const id = await orchestrator.launch(known)
  await eventually(() => expect(ordersOf(id)).toHaveLength(4))
  await carrier.publish([run(id, 0, 2)])
  await counted(id, 1, { status: 'paused_threshold' })
  for (const order of ordersOf(id)) await carrier.finish(order, 'completed')
  const stopped = await orchestrator.until(id, 'stopped')
  expect(stopped).toMatchObject({ contactsSkipped: 6, contactsCompleted: 4 })
  expect(stopped).not.toHaveProperty('pausedBy')
  expect(ordersOf(id)).toHaveLength(4)
})

test('when all events are read again, no run counts twice', async () => {
  const id = await ringing([rule(8, false)])
  const { sql } = orchestrator.service.database
  await carrier.publish([0, 1, 2].flatMap((call) => [run(id, call, 1), run(id, call, 2)]))
  await counted(id, 6, { status: 'running' })
  const lane = laneOf(id)
  const checkpoint = () => sql`select sequence from checkpoints where projection = 'calls' and lane = ${lane}`
  const [before] = await checkpoint()
  await sql`update checkpoints set sequence = 0, message_id = null where projection = 'calls' and lane = ${lane}`
  // The lane finds that its checkpoint was moved when it writes the next one, and reads from there.
  await carrier.publish([run(id, 3, 1)])
  await eventually(async () => expect(Number((await checkpoint())[0]?.sequence)).toBeGreaterThan(Number(before?.sequence)), {
    timeoutMs: 15_000,
  })
  await counted(id, 7, { status: 'running' })
  await carrier.publish([run(id, 3, 2), run(id, 3, 3)])
  await counted(id, 9, { status: 'paused_threshold', pausedBy: { nodeId: 'hangup_1', threshold: 8, count: 8 } })
  await cancel(id)
})
