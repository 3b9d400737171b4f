import { streams } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi, refusal, stranger } from './support/api.ts'
import { createCampaign, publishExecution } from './support/campaign.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const nowhere = '018f0000-0000-7000-8000-0000000000ff'

interface Program {
  id: string
  didPool: { id: string }[]
  [field: string]: unknown
}

test('a program is returned in the form of the contract', async () => {
  const { body, flowId, audienceId, dids } = await createCampaign(api)
  const request = {
    ...body,
    startAt: '2025-12-20T10:00:00+01:00',
    stopAt: '2025-12-20T18:00:00Z',
    retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 },
    pauseWindows: { monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } }] },
    autoPauseRules: [{ nodeId: 'dial-1', threshold: 100, resetOnResume: true }],
  }
  const answer = await api.post('/programs', request)
  expect(answer.status).toBe(201)
  const program = answer.body as Program
  expect(program).toEqual({
    id: expect.any(String),
    name: 'Holiday Campaign 2025',
    mode: 'batch',
    organizationId: testOrganizationId,
    audienceId,
    flowId,
    status: 'draft',
    triggerCondition: null,
    startAt: '2025-12-20T09:00:00.000Z',
    stopAt: '2025-12-20T18:00:00.000Z',
    didPool: dids,
    retryStrategy: request.retryStrategy,
    pauseWindows: request.pauseWindows,
    autoPauseRules: request.autoPauseRules,
    timezone: null,
    callingHours: null,
    pacing: null,
    amd: null,
    createdAt: expect.stringMatching(/\.\d{3}Z$/),
    updatedAt: program.createdAt,
  })
  expect((await api.get(`/programs/${program.id}`, { role: 'supervisor' })).body).toEqual(program)
  expect((await api.get('/programs', { role: 'supervisor' })).body).toContainEqual(program)
})

test('instants within a program come back in UTC, the earliest retry date first', async () => {
  const { body } = await createCampaign(api)
  const { body: program } = await api.post('/programs', {
    ...body,
    retryStrategy: { type: 'scheduled', retryDates: ['2098-12-17T14:00:00Z', '2098-12-18T09:00:00+01:00'], retryOn: ['busy'] },
    pauseWindows: { advanced: [{ startAt: '2025-12-25T00:00:00+01:00', endAt: '2025-12-26T00:00:00Z' }] },
  })
  expect(program).toMatchObject({
    retryStrategy: { type: 'scheduled', retryDates: ['2098-12-17T14:00:00.000Z', '2098-12-18T08:00:00.000Z'], retryOn: ['busy'] },
    pauseWindows: { advanced: [{ startAt: '2025-12-24T23:00:00.000Z', endAt: '2025-12-26T00:00:00.000Z' }] },
  })
})

describe('a request is refused that', () => {
  test.each<[string, object, unknown[]]>([
    ['has no name', { name: undefined }, [400, 'ValidationError', '/name']],
    ['has a blank name', { name: ' ' }, [400, 'ValidationError', '/name']],
    ['has a NUL character in its name', { name: 'x\0' }, [400, 'ValidationError', '/name']],
    ['is live without a trigger', { mode: 'live', audienceId: undefined }, [400, 'ValidationError', '/triggerCondition']],
    ['is batch without an audience', { audienceId: undefined }, [400, 'ValidationError', '/audienceId']],
    [
      'is batch with a trigger',
      { triggerCondition: { type: 'date', attributeName: 'due', direction: 'before', offset: { days: 1, hours: 0, minutes: 0 } } },
      [400, 'ValidationError', '/triggerCondition'],
    ],
    ['names an audience that is not of the organization', { audienceId: nowhere }, [400, 'ValidationError', '/audienceId']],
    ['names a flow that is not of the organization', { flowId: nowhere }, [400, 'ValidationError', '/flowId']],
    ['ends before it starts', { stopAt: '2025-12-20T09:00:00Z' }, [400, 'ValidationError', '/stopAt']],
    ['starts at something other than an instant', { startAt: '2025-12-20 morning' }, [400, 'ValidationError', '/startAt']],
    ['starts at an instant without an offset', { startAt: '2025-12-20T09:00:00' }, [400, 'ValidationError', '/startAt']],
    ['starts in a leap second', { startAt: '2016-12-31T23:59:60Z' }, [400, 'ValidationError', '/startAt']],
    ['has an empty pool', { didPool: [] }, [400, 'ValidationError', '/didPool']],
    ['has a pool of something other than ids', { didPool: ['+212500000001'] }, [400, 'ValidationError', '/didPool/0']],
    ['has a DID that does not exist', { didPool: [nowhere] }, [404, 'DidNotFoundError']],
    ['has an invalid time zone', { timezone: 'Casablanca' }, [400, 'ValidationError', '/timezone']],
    [
      'pauses by a node that the flow does not have',
      { autoPauseRules: [{ nodeId: 'x', threshold: 1, resetOnResume: false }] },
      [400, 'ValidationError', '/autoPauseRules/0/nodeId'],
    ],
    [
      'has a holiday that ends before it starts',
      { pauseWindows: { advanced: [{ startAt: '2025-12-26T00:00:00Z', endAt: '2025-12-25T00:00:00Z' }] } },
      [400, 'ValidationError', '/pauseWindows/advanced/0/endAt'],
    ],
    [
      'pauses at 24 o’clock',
      { pauseWindows: { monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 24, minute: 0 } }] } },
      [400, 'ValidationError', '/pauseWindows/monday/0/endAt/hour'],
    ],
    ['has an unknown setting', { priority: 1 }, [400, 'ValidationError', '/priority']],
  ])('%s', async (_name, change, expected) => {
    const { body } = await createCampaign(api)
    expect(refusal(await api.post('/programs', { ...body, ...change }))).toEqual(expected)
  })

  test('has a DID that is not active, or another organization’s', async () => {
    const { body, dids } = await createCampaign(api)
    const [first, second] = dids
    await api.patch(`/dids/${second?.id}`, { status: 'inactive' })
    expect(refusal(await api.post('/programs', body))).toEqual([400, 'DidNotActiveError', '/didPool/1'])
    const theirs = (await api.post('/dids', { number: '+212500009999' }, stranger)).body as { id: string }
    expect(refusal(await api.post('/programs', { ...body, didPool: [first?.id, theirs.id] }))).toEqual([
      400,
      'DidNotAccessibleError',
      '/didPool/1',
    ])
  })

  test('has an audience or a flow of another organization', async () => {
    const theirs = await createCampaign(api, stranger)
    const { body } = await createCampaign(api)
    expect(refusal(await api.post('/programs', { ...body, audienceId: theirs.audienceId, flowId: theirs.flowId }))).toEqual([
      400,
      'ValidationError',
      '/audienceId',
      '/flowId',
    ])
  })
})

describe('a change', () => {
  test('keeps the fields that it does not name, even DIDs that are no longer active', async () => {
    const { program, dids } = await createCampaign(api, {}, true)
    await api.patch(`/dids/${dids[0]?.id}`, { status: 'inactive' })
    await api.delete(`/dids/${dids[1]?.id}`)
    const answer = await api.patch(`/programs/${program.id}`, { name: 'Updated Campaign Name', retryStrategy: { type: 'none' } })
    expect(answer).toMatchObject({
      status: 200,
      body: { name: 'Updated Campaign Name', retryStrategy: { type: 'none' }, didPool: [dids[0]] },
    })
  })

  test('is checked like a new program', async () => {
    const { program } = await createCampaign(api, {}, true)
    const change = (body: object) => api.patch(`/programs/${program.id}`, body)
    expect(refusal(await change({}))).toEqual([400, 'ValidationError', ''])
    expect(refusal(await change({ stopAt: '2000-01-01T00:00:00Z' }))).toEqual([400, 'ValidationError', '/stopAt'])
    expect(refusal(await change({ flowId: nowhere }))).toEqual([400, 'ValidationError', '/flowId'])
    expect(refusal(await change({ audienceId: nowhere }))).toEqual([400, 'ValidationError', '/audienceId'])
    expect(refusal(await change({ didPool: [nowhere] }))).toEqual([404, 'DidNotFoundError'])
    expect(refusal(await change({ name: null }))).toEqual([400, 'ValidationError', '/name'])
    expect(refusal(await change({ mode: 'live' }))).toEqual([400, 'ValidationError', '/mode'])
  })
})

test('a program of another organization is not found', async () => {
  const { program } = await createCampaign(api, {}, true)
  const missing = [404, 'ProgramNotFoundError']
  expect(refusal(await api.get(`/programs/${program.id}`, stranger))).toEqual(missing)
  expect(refusal(await api.patch(`/programs/${program.id}`, { name: 'x' }, stranger))).toEqual(missing)
  expect(refusal(await api.delete(`/programs/${program.id}`, undefined, stranger))).toEqual(missing)
  expect((await api.get('/programs', stranger)).body).toEqual([])
})

test('an audience and a flow cannot be deleted while a program uses them', async () => {
  const { program, audienceId, flowId } = await createCampaign(api, {}, true)
  expect(refusal(await api.delete(`/audiences/${audienceId}`))).toEqual([409, 'AudienceInUseError'])
  expect(refusal(await api.delete(`/flows/${flowId}`))).toEqual([409, 'FlowInUseError'])
  expect((await api.delete(`/programs/${program.id}`)).status).toBe(204)
  expect((await api.delete(`/audiences/${audienceId}`)).status).toBe(204)
  expect((await api.delete(`/flows/${flowId}`)).status).toBe(204)
})

test('one Idempotency-Key creates one program', async () => {
  const { body } = await createCampaign(api)
  const call = { headers: { 'idempotency-key': 'one' } }
  const answers = await Promise.all([
    api.post('/programs', body, call),
    api.post('/programs', body, call),
    api.post('/programs', body, call),
  ])
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
  expect(new Set(answers.map((answer) => (answer.body as Program).id)).size).toBe(1)
  expect(refusal(await api.post('/programs', { ...body, name: 'Other' }, call))).toEqual([409, 'IdempotencyConflictError'])
})

test('the changes of a program are published to the other services, in order', async () => {
  const { program } = await createCampaign(api, {}, true)
  await api.patch(`/programs/${program.id}`, { name: 'Renamed' })
  await api.delete(`/programs/${program.id}`)
  await eventually(async () => {
    const events = await programEvents(program.id)
    expect(events.map(({ type }) => type)).toEqual(['program.created', 'program.updated', 'program.deleted'])
    expect(events[1]).toMatchObject({
      version: 1,
      organizationId: testOrganizationId,
      data: { program: { id: program.id, name: 'Renamed' } },
    })
    expect(events[2]).toMatchObject({ data: { programId: program.id } })
  })
})

describe('executions', () => {
  test('make a program active, and prevent its deletion until they end', async () => {
    const { program } = await createCampaign(api, {}, true)
    const execution = { executionId: crypto.randomUUID(), programId: program.id }
    await publishExecution(api, 'execution.launched', 1, 'running', execution)
    await eventually(async () => expect((await api.get(`/programs/${program.id}`)).body).toMatchObject({ status: 'active' }))
    expect(refusal(await api.delete(`/programs/${program.id}`))).toEqual([409, 'ProgramStatusConflictError'])

    await publishExecution(api, 'execution.completed', 2, 'completed', execution)
    await publishExecution(api, 'execution.launched', 1, 'running', execution)
    await eventually(async () => expect((await api.delete(`/programs/${program.id}`)).status).toBe(204))
    expect(refusal(await api.get(`/programs/${program.id}`))).toEqual([404, 'ProgramNotFoundError'])
  })

  test('in test mode leave a program a draft, and prevent its deletion until they end', async () => {
    const { program } = await createCampaign(api, {}, true)
    const execution = { executionId: crypto.randomUUID(), programId: program.id }
    await publishExecution(api, 'execution.launched', 1, 'running', { ...execution, test: true })
    const noted = () => api.deps.database.sql`select 1 from program_executions where execution_id = ${execution.executionId}`
    await eventually(async () => expect(await noted()).toHaveLength(1))
    expect(refusal(await api.delete(`/programs/${program.id}`))).toEqual([409, 'ProgramStatusConflictError'])
    expect((await api.get(`/programs/${program.id}`)).body).toMatchObject({ status: 'draft' })
    await publishExecution(api, 'execution.completed', 2, 'completed', execution)
    await eventually(async () => expect((await api.delete(`/programs/${program.id}`)).status).toBe(204))
  })

  test('that begin and end in one batch leave no live execution', async () => {
    const { program } = await createCampaign(api, {}, true)
    const execution = { executionId: crypto.randomUUID(), programId: program.id }
    await publishExecution(api, 'execution.launched', 1, 'scheduled', execution)
    await publishExecution(api, 'execution.cancelled', 2, 'cancelled', execution)
    await eventually(async () => expect((await api.get(`/programs/${program.id}`)).body).toMatchObject({ status: 'active' }))
    await eventually(async () => expect((await api.delete(`/programs/${program.id}`)).status).toBe(204))
  })
})

async function programEvents(programId: string) {
  const manager = await api.nats.connection.jetstreamManager()
  const { state } = await manager.streams.info(streams.PROGRAMS.name)
  const events: { type: string; correlationId: string; [field: string]: unknown }[] = []
  for (let sequence = state.first_seq; sequence <= state.last_seq; sequence++) {
    const event = (await manager.streams.getMessage(streams.PROGRAMS.name, { seq: sequence })).json<(typeof events)[number]>()
    if (event.correlationId === programId && event.type.startsWith('program.')) events.push(event)
  }
  return events
}
