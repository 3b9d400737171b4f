import type { ExecutionResponse } from '@carillon/contracts/execution'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier } from './support/carrier.ts'
import { executionEvents, expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { type KnownProgram, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  // Every call rings until the test ends it.
  carrier = await orchestrator.carrier(() => 'ringing')
})
afterAll(() => orchestrator.close())

const ordersOf = (executionId: string) => carrier.orders.filter((order) => order.data.executionId === executionId)
const command = (id: string, what: 'pause' | 'resume', body?: object) =>
  orchestrator.request({ method: 'PATCH', url: `/program-executions/${id}/${what}`, ...(body ? { body } : {}) })
const cancel = (id: string) => orchestrator.request({ method: 'DELETE', url: `/program-executions/${id}` })

/** Launches ten contacts, four of which may be called at once, and waits until four ring. */
async function ringing(settings: Partial<KnownProgram['program']> = {}): Promise<string> {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(10, { pacing: { maxConcurrentCalls: 4 }, ...settings })))
  await eventually(async () => {
    expect(ordersOf(id)).toHaveLength(4)
    expect(await inCall(id)).toBe(4)
  })
  return id
}
async function inCall(id: string): Promise<number> {
  const [row] = await orchestrator.service.database.sql<{ calling: number }[]>`select calling from executions where id = ${id}`
  return row?.calling ?? 0
}
const finishAll = async (id: string) => {
  for (const order of ordersOf(id)) await carrier.finish(order, 'completed')
}

test('no more calls run at once than the program allows, and each call that ends makes room for one', async () => {
  const id = await ringing()
  const [first] = ordersOf(id)
  if (first) await carrier.finish(first, 'completed')
  await eventually(() => expect(ordersOf(id)).toHaveLength(5))
  expect(await orchestrator.execution(id)).toMatchObject({ contactsInProgress: 4, contactsCompleted: 1, contactsPending: 5 })
  await cancel(id)
})

test('a paused execution makes no new calls, lets its calls end, and continues when resumed', async () => {
  const id = await ringing()
  expect(await command(id, 'pause')).toMatchObject({ status: 200, body: { id, status: 'paused' } })
  await finishAll(id)
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ contactsCompleted: 4, contactsPending: 6 }))
  expect(ordersOf(id)).toHaveLength(4)
  expect(await command(id, 'resume')).toMatchObject({ status: 200, body: { status: 'running' } })
  await eventually(() => expect(ordersOf(id)).toHaveLength(8))
  const events = await executionEvents(orchestrator.service, id, 'execution.contacts_changed')
  expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['execution.paused', 'execution.resumed']))
  await cancel(id)
})

test('a paused execution whose last call ends is completed', async () => {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(3)))
  await eventually(() => expect(ordersOf(id)).toHaveLength(3))
  await command(id, 'pause')
  await finishAll(id)
  await orchestrator.until(id, 'completed')
})

test('auto-pause rules of a resume replace those of the launch', async () => {
  const rules = [{ nodeId: 'dial_1', threshold: 5, resetOnResume: true }]
  const id = await ringing({ autoPauseRules: [{ nodeId: 'dial_1', threshold: 100, resetOnResume: false }] })
  await command(id, 'pause')
  expect(await command(id, 'resume', { autoPauseRules: rules })).toMatchObject({ status: 200, body: { autoPauseRules: rules } })
  expect(await orchestrator.execution(id)).toMatchObject({ autoPauseRules: rules })
  await cancel(id)
})

test('a cancelled execution skips its waiting contacts, in the counts and then in the rows, and lets its calls end', async () => {
  const id = await ringing()
  expect(await cancel(id)).toEqual({ status: 204, body: undefined })
  expect(await orchestrator.execution(id)).toMatchObject({
    status: 'cancelled',
    contactsSkipped: 6,
    contactsPending: 0,
    contactsInProgress: 4,
    actualEndAt: expect.any(String),
  })
  const [first, ...others] = ordersOf(id)
  if (first) await carrier.finish(first, 'busy')
  for (const order of others) await carrier.finish(order, 'completed')
  await eventually(async () => {
    expect(await orchestrator.execution(id)).toMatchObject({ contactsCompleted: 3, contactsFailed: 1, contactsInProgress: 0 })
    await expectConsistent(orchestrator.service, id)
  })
  expect(ordersOf(id)).toHaveLength(4)
})

test('commands that the status does not allow are refused', async () => {
  const id = await ringing()
  const refused = { status: 400, body: { error: 'InvalidExecutionStateError' } }
  expect(await command(id, 'resume')).toMatchObject(refused)
  await command(id, 'pause')
  expect(await command(id, 'pause')).toMatchObject(refused)
  await cancel(id)
  expect(await cancel(id)).toMatchObject(refused)
  expect(await command(id, 'pause')).toMatchObject(refused)
})

test('of eight pauses at the same time one is accepted', async () => {
  const id = await ringing()
  const answers = await Promise.all(Array.from({ length: 8 }, () => command(id, 'pause')))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  await cancel(id)
})

test('the list of active executions leaves out those that have ended', async () => {
  const ended = await ringing()
  const active = await ringing()
  await cancel(ended)
  const { body } = await orchestrator.request({ url: '/program-executions' })
  const ids = (body as ExecutionResponse[]).map((execution) => execution.id)
  expect(ids).toContain(active)
  expect(ids).not.toContain(ended)
  await cancel(active)
})
