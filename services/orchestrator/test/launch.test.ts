import { ExecutionLaunched } from '@carillon/contracts/program-events'
import { questions } from '@carillon/contracts/questions'
import { ask } from '@carillon/service-kit/messaging/questions'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { executionEvents, expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
beforeAll(async () => {
  // Without a carrier: orders are made and never answered.
  orchestrator = await openOrchestrator()
})
afterAll(() => orchestrator.close())

const launch = (programId: string, key?: string) =>
  orchestrator.request({ method: 'POST', url: `/programs/${programId}/launch`, ...(key ? { headers: { 'idempotency-key': key } } : {}) })

test('a launch copies the contacts of the audience and starts to call at once', async () => {
  const known = orchestrator.api.add(someProgram(80, { stopAt: '2099-01-01T00:00:00.000Z' }))
  const id = await orchestrator.launch(known)
  expect(await orchestrator.execution(id)).toMatchObject({
    id,
    programId: known.program.id,
    organizationId: known.program.organizationId,
    audienceId: known.program.audienceId,
    flowId: known.program.flowId,
    status: 'running',
    totalContacts: 80,
    contactsSkipped: 0,
    scheduledStartAt: '2020-01-01T00:00:00.000Z',
    scheduledStopAt: '2099-01-01T00:00:00.000Z',
    actualStartAt: expect.stringMatching(/Z$/),
    autoPauseRules: null,
  })
  await expectConsistent(orchestrator.service, id)
  const [stored] = await orchestrator.service.database.sql`
    select phone, first_name, last_name, attributes from execution_contacts where contact_id = ${known.contacts[1]?.id ?? ''}`
  expect(stored).toEqual({ phone: '+212600000001', first_name: 'Amina', last_name: null, attributes: known.contacts[1]?.attributes })
})

test('the event of a launch has what reports show of the program', async () => {
  const known = orchestrator.api.add(someProgram(3, { startAt: '2099-01-01T08:00:00.000Z', timezone: 'Europe/Paris' }, 2))
  const id = await orchestrator.launch(known)
  const [event] = await executionEvents(orchestrator.service, id, 'execution.launched')
  expect(Value.Check(ExecutionLaunched, event)).toBe(true)
  expect(event?.data).toEqual({
    executionId: id,
    revision: 1,
    position: 0,
    programId: known.program.id,
    programName: 'Reminder',
    status: 'scheduled',
    audienceId: known.program.audienceId,
    flowId: known.program.flowId,
    flowVersion: 3,
    flowName: 'Greeting',
    nodes: [
      { id: 'dial_1', type: 'dial', label: 'Call' },
      { id: 'hangup_1', type: 'hangup' },
    ],
    didPool: ['+212522000000', '+212522000001'],
    retryStrategy: { type: 'none' },
    pauseWindows: null,
    timezone: 'Europe/Paris',
    scheduledStartAt: '2099-01-01T08:00:00.000Z',
    scheduledStopAt: null,
    totalContacts: 3,
    counts: { pending: 3, queued: 0, calling: 0, pendingRetry: 0, completed: 0, failed: 0, skipped: 0 },
  })
})

test('the same Idempotency-Key launches once and gets the same answer again', async () => {
  const known = orchestrator.api.add(someProgram(2))
  const answers = await Promise.all([launch(known.program.id, 'key-1'), launch(known.program.id, 'key-1')])
  answers.push(await launch(known.program.id, 'key-1'))
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
})

test('program-api takes note of a launch before it is answered, and again when the answer is repeated', async () => {
  const known = orchestrator.api.add(someProgram(1))
  const { body } = await launch(known.program.id, 'key-noted')
  const { executionId } = body as { executionId: string }
  const times = () => orchestrator.api.noted.filter((id) => id === executionId).length
  expect(times()).toBe(1)
  await launch(known.program.id, 'key-noted')
  expect(times()).toBe(2)
})

test('a launch is answered also if program-api cannot take note of it', async () => {
  const known = orchestrator.api.add(someProgram(1))
  orchestrator.api.refuseNotes(true)
  expect(await launch(known.program.id)).toMatchObject({ status: 201 })
  orchestrator.api.refuseNotes(false)
})

test('an execution can be asked for as it was launched, by its own organization', async () => {
  const known = orchestrator.api.add(someProgram(2))
  const executionId = await orchestrator.launch(known)
  const { nats } = orchestrator.service.deps
  const [event] = await executionEvents(orchestrator.service, executionId, 'execution.launched')
  const { launched } = await ask(nats, questions.executionAtLaunch, { organizationId: known.program.organizationId, executionId })
  expect(launched).toEqual({ ...event, causationId: null })
  const strange = ask(nats, questions.executionAtLaunch, { organizationId: otherOrganizationId, executionId })
  await expect(strange).rejects.toMatchObject({ kind: 'not_found' })
})

test('the same Idempotency-Key with another program is a conflict', async () => {
  const first = orchestrator.api.add(someProgram(1))
  const second = orchestrator.api.add(someProgram(1))
  await launch(first.program.id, 'key-2')
  expect(await launch(second.program.id, 'key-2')).toMatchObject({ status: 409, body: { error: 'IdempotencyConflictError' } })
})

test('of launches at the same time exactly one succeeds', async () => {
  const known = orchestrator.api.add(someProgram(200))
  const answers = await Promise.all(Array.from({ length: 6 }, () => launch(known.program.id)))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400])
  expect(answers.find(({ status }) => status === 400)?.body).toMatchObject({ error: 'ExecutionAlreadyRunningError' })
})

test('a program can be launched again after its execution has ended', async () => {
  const known = orchestrator.api.add(someProgram(1, { startAt: '2099-01-01T08:00:00.000Z' }))
  const first = await orchestrator.launch(known)
  await orchestrator.request({ method: 'DELETE', url: `/program-executions/${first}` })
  const second = await orchestrator.launch(known)
  const { body } = await orchestrator.request({ url: `/programs/${known.program.id}/executions` })
  expect(body).toMatchObject([
    { id: second, status: 'scheduled' },
    { id: first, status: 'cancelled' },
  ])
})

test('an empty audience is refused and leaves nothing behind', async () => {
  const known = orchestrator.api.add(someProgram(0))
  expect(await launch(known.program.id)).toMatchObject({ status: 400, body: { error: 'AudienceEmptyError' } })
  expect(await orchestrator.request({ url: `/programs/${known.program.id}/executions` })).toEqual({ status: 200, body: [] })
})

test('a pool without an active DID is refused', async () => {
  const known = orchestrator.api.add(someProgram(1, {}, 0))
  expect(await launch(known.program.id)).toMatchObject({ status: 400, body: { error: 'EmptyDidPoolError' } })
})

test('an audience that arrives in part is not launched, and can be launched later', async () => {
  const known = orchestrator.api.add(someProgram(500))
  orchestrator.api.cutAudiencesAfter(20_000)
  expect(await launch(known.program.id, 'key-3')).toMatchObject({ status: 503, body: { error: 'ServiceUnavailableError' } })
  orchestrator.api.cutAudiencesAfter(null)
  expect(await orchestrator.request({ url: `/programs/${known.program.id}/executions` })).toEqual({ status: 200, body: [] })
  expect(await launch(known.program.id, 'key-3')).toMatchObject({ status: 201 })
})
