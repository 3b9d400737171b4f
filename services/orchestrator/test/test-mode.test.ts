import type { ExecutionResponse, LaunchResponse } from '@carillon/contracts/execution'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { maxConcurrentTestCalls } from '../src/domain/execution.ts'
import type { Carrier } from './support/carrier.ts'
import { executionEvents, openOrchestrator, type Request, type TestOrchestrator } from './support/orchestrator.ts'
import { type KnownProgram, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  // Every call rings until its execution is cancelled.
  carrier = await orchestrator.carrier(() => 'ringing')
})
afterAll(() => orchestrator.close())

const inTestMode = (request: Request) => orchestrator.request({ ...request, as: { test: true } })
const launchOf = ({ program }: KnownProgram): Request => ({ method: 'POST', url: `/programs/${program.id}/launch` })

async function launchTest(known: KnownProgram): Promise<string> {
  const { status, body } = await inTestMode(launchOf(known))
  expect(status).toBe(201)
  return (body as LaunchResponse).executionId
}

const ids = (answer: { body: unknown }) => (answer.body as ExecutionResponse[]).map(({ id }) => id)

test('a launch in test mode says so in its answers, its event and its orders', async () => {
  const known = orchestrator.api.add(someProgram(2))
  const id = await launchTest(known)
  expect(await orchestrator.execution(id)).toMatchObject({ test: true })
  const [launched] = await executionEvents(orchestrator.service, id, 'execution.contacts_changed')
  expect(launched?.data).toMatchObject({ test: true })
  await eventually(() =>
    expect(carrier.orders.filter(({ data }) => data.executionId === id).map(({ data }) => data.test)).toEqual([true, true]),
  )
})

test('a launch in live mode has no mark in its event and its orders', async () => {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(1)))
  expect(await orchestrator.execution(id)).toMatchObject({ test: false })
  const [launched] = await executionEvents(orchestrator.service, id, 'execution.contacts_changed')
  expect(launched?.data).not.toHaveProperty('test')
  await eventually(() => {
    const [order] = carrier.orders.filter(({ data }) => data.executionId === id)
    expect(order?.data).toMatchObject({ executionId: id })
    expect(order?.data).not.toHaveProperty('test')
  })
})

test('a program has one execution at a time in each mode', async () => {
  const known = orchestrator.api.add(someProgram(1))
  await launchTest(known)
  await orchestrator.launch(known)
  const refusal = { status: 400, body: { error: 'ExecutionAlreadyRunningError' } }
  expect([await inTestMode(launchOf(known)), await orchestrator.request(launchOf(known))]).toMatchObject([refusal, refusal])
})

test('an Idempotency-Key of a launch in test mode does not launch in live mode', async () => {
  const known = orchestrator.api.add(someProgram(1))
  const request = { ...launchOf(known), headers: { 'idempotency-key': 'both' } }
  const first = await inTestMode(request)
  expect(await inTestMode(request)).toEqual(first)
  expect(await orchestrator.request(request)).toMatchObject({ status: 409, body: { error: 'IdempotencyConflictError' } })
})

test('lists hold the executions of the mode of the request', async () => {
  const known = orchestrator.api.add(someProgram(1))
  const [testId, liveId] = [await launchTest(known), await orchestrator.launch(known)]
  const ofProgram = { url: `/programs/${known.program.id}/executions` }
  expect([ids(await inTestMode(ofProgram)), ids(await orchestrator.request(ofProgram))]).toEqual([[testId], [liveId]])
  const active = { url: '/program-executions' }
  const [inTest, inLive] = [ids(await inTestMode(active)), ids(await orchestrator.request(active))]
  expect([inTest.includes(testId), inTest.includes(liveId)]).toEqual([true, false])
  expect([inLive.includes(testId), inLive.includes(liveId)]).toEqual([false, true])
})

test('each mode reads the executions of both by id', async () => {
  const known = orchestrator.api.add(someProgram(1))
  const [testId, liveId] = [await launchTest(known), await orchestrator.launch(known)]
  expect(await inTestMode({ url: `/program-executions/${liveId}` })).toMatchObject({ status: 200, body: { test: false } })
  expect(await orchestrator.request({ url: `/program-executions/${testId}` })).toMatchObject({ status: 200, body: { test: true } })
})

const commands = (id: string): Request[] => [
  { method: 'PATCH', url: `/program-executions/${id}/pause` },
  { method: 'PATCH', url: `/program-executions/${id}/resume` },
  { method: 'DELETE', url: `/program-executions/${id}` },
]

test('a request in test mode cannot pause, resume or cancel a live execution', async () => {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(1)))
  for (const command of commands(id)) {
    expect(await inTestMode(command)).toMatchObject({ status: 403, body: { error: 'TestModeForbiddenError' } })
  }
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'running' })
})

test('a test execution is paused, resumed and cancelled in either mode', async () => {
  const known = orchestrator.api.add(someProgram(1))
  for (const send of [inTestMode, orchestrator.request]) {
    const id = await launchTest(known)
    const statuses: number[] = []
    for (const command of commands(id)) statuses.push((await send(command)).status)
    expect(statuses).toEqual([200, 200, 204])
  }
})

test('a test execution makes few calls at once, whatever the program allows', async () => {
  const known = orchestrator.api.add(someProgram(maxConcurrentTestCalls + 5, { pacing: { maxConcurrentCalls: 1_000 } }))
  const id = await launchTest(known)
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ contactsInProgress: maxConcurrentTestCalls }))
  await eventually(() => expect(carrier.orders.filter(({ data }) => data.executionId === id)).toHaveLength(maxConcurrentTestCalls))
})
