import type { ContactTrigger } from '@carillon/contracts/contact-trigger'
import type { TriggersCancelled, TriggersDue } from '@carillon/contracts/trigger-events'
import { eventually } from '@carillon/testing/eventually'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, openApi, refusal, stranger } from './support/api.ts'
import { createCampaign, publishExecution, publishProgramEvent, streamEvents } from './support/campaign.ts'

let api: Api
let attributeId: string
beforeAll(async () => {
  api = await openApi({ logLevel: 'warn' })
  attributeId = ((await api.post('/custom-attributes', { displayName: 'Due', slug: 'due', type: 'date' })).body as { id: string }).id
  await api.post('/custom-attributes', { displayName: 'City', slug: 'city', type: 'text' })
})
afterAll(() => api.close())

const triggerCondition = { type: 'date', attributeName: 'due', direction: 'before', offset: { days: 2, hours: 15, minutes: 0 } }
const farAway = '2090-03-20T10:00:00.000Z'
const farTrigger = '2090-03-17T19:00:00.000Z'

interface Program {
  id: string
  audienceId: string
}

let numbers = 0
const nextPhone = () => `+2126${String(20_000_000 + ++numbers)}`

async function contactWith(attributes: object, more: object = {}): Promise<string> {
  const answer = await api.post('/contacts', { phone: nextPhone(), firstName: 'Amina', lastName: 'Ziani', attributes, ...more })
  expect(answer.status).toBe(201)
  return (answer.body as { id: string }).id
}

async function liveProgram(): Promise<Program> {
  const { body } = await createCampaign(api)
  const { audienceId: _none, ...request } = body
  const answer = await api.post('/programs', { ...request, mode: 'live', triggerCondition })
  expect(answer).toMatchObject({ status: 201, body: { mode: 'live', triggerCondition, status: 'draft' } })
  return answer.body as Program
}

/** Tells of a launch, as the orchestrator does. */
async function launched(program: Program): Promise<{ executionId: string; programId: string }> {
  const execution = { executionId: crypto.randomUUID(), programId: program.id }
  await publishExecution(api, 'execution.launched', 1, 'running', { ...execution, triggerCondition: triggerCondition as never })
  await eventually(async () =>
    expect(
      await api.deps.database.sql`select from live_executions where execution_id = ${execution.executionId} and is_seeded`,
    ).toHaveLength(1),
  )
  return execution
}

const cancelled = (execution: { executionId: string; programId: string }) =>
  publishExecution(api, 'execution.cancelled', 2, 'cancelled', execution)

async function triggersOf(program: Program, query = ''): Promise<ContactTrigger[]> {
  const { status, body } = await api.get(`/programs/${program.id}/triggers${query}`, { role: 'supervisor' })
  expect(status).toBe(200)
  return body as ContactTrigger[]
}
const triggerOf = async (program: Program, contactId: string) =>
  (await triggersOf(program)).find((trigger) => trigger.contactId === contactId)

async function toldDue(executionId: string): Promise<TriggersDue['data']['triggers']> {
  const events = (await streamEvents(api, 'trigger.due')) as TriggersDue[]
  return events.filter(({ data }) => data.executionId === executionId).flatMap(({ data }) => data.triggers)
}
async function takenBack(executionId: string): Promise<string[]> {
  const events = (await streamEvents(api, 'trigger.cancelled')) as TriggersCancelled[]
  return events.filter(({ data }) => data.executionId === executionId).flatMap(({ data }) => data.triggerIds)
}

test('a live program gets an audience of its own, and needs a date attribute that exists', async () => {
  const program = await liveProgram()
  expect(await api.get(`/audiences/${program.audienceId}`)).toMatchObject({ status: 200, body: { name: 'Holiday Campaign 2025', size: 0 } })
  const { body } = await createCampaign(api)
  const refused = async (change: object) => refusal(await api.post('/programs', { ...body, mode: 'live', triggerCondition, ...change }))
  const at = '/triggerCondition/attributeName'
  expect(await refused({ triggerCondition: { ...triggerCondition, attributeName: 'nothing' } })).toEqual([400, 'ValidationError', at])
  expect(await refused({ triggerCondition: { ...triggerCondition, attributeName: 'city' } })).toEqual([400, 'ValidationError', at])
  expect(await refused({ triggerCondition: undefined })).toEqual([400, 'ValidationError', '/triggerCondition'])
  expect(await refused({ triggerCondition: { ...triggerCondition, offset: { days: -1, hours: 24, minutes: 0 } } })).toEqual([
    400,
    'ValidationError',
    '/triggerCondition/offset/days',
    '/triggerCondition/offset/hours',
  ])
  expect(refusal(await api.delete(`/custom-attributes/${attributeId}`))).toEqual([409, 'CustomAttributeInUseError'])
})

test('a launch makes the triggers of the contacts that are there, none before it, and later changes keep them right', async () => {
  const program = await liveProgram()
  const there = await contactWith({ due: farAway })
  const past = await contactWith({ due: '2020-01-01' })
  const none = await contactWith({})
  expect(await triggersOf(program)).toEqual([])
  const execution = await launched(program)
  expect(await triggerOf(program, there)).toEqual({
    id: expect.any(String),
    contactId: there,
    contactName: 'Amina Ziani',
    contactPhone: expect.stringMatching(/^\+2126/),
    triggerAt: farTrigger,
    attributeValue: farAway,
    status: 'pending',
    triggeredAt: null,
    createdAt: expect.stringMatching(/\.\d{3}Z$/),
  })
  expect(await triggerOf(program, past)).toBeUndefined()
  expect(await triggerOf(program, none)).toBeUndefined()

  const created = await contactWith({ due: '2090-05-01' })
  expect(await triggerOf(program, created)).toMatchObject({ triggerAt: '2090-04-28T09:00:00.000Z', attributeValue: '2090-05-01' })
  await api.patch(`/contacts/${created}`, { attributes: { due: '2090-05-02' }, firstName: null })
  expect(await triggerOf(program, created)).toMatchObject({
    triggerAt: '2090-04-29T09:00:00.000Z',
    contactName: 'Ziani',
    status: 'pending',
  })
  await api.patch(`/contacts/${none}`, { attributes: { due: farAway } })
  expect(await triggerOf(program, none)).toMatchObject({ triggerAt: farTrigger })
  await api.patch(`/contacts/${none}`, { attributes: { due: null } })
  expect(await triggerOf(program, none)).toMatchObject({ status: 'cancelled' })
  await api.delete(`/contacts/${created}`)
  expect(await triggerOf(program, created)).toMatchObject({ status: 'cancelled' })

  const [one, two] = [nextPhone(), nextPhone()]
  await api.importFile(`phone;Due\n${one};2090-06-01\n${two};\n`)
  const imported = (await triggersOf(program)).filter(({ contactPhone }) => [one, two].includes(contactPhone))
  expect(imported).toMatchObject([{ contactPhone: one, attributeValue: '2090-06-01', status: 'pending' }])

  expect((await triggersOf(program, '?status=cancelled')).map(({ contactId }) => contactId).sort()).toEqual([none, created].sort())
  expect(await triggersOf(program, '?limit=1')).toHaveLength(1)
  await cancelled(execution)
  await eventually(async () => expect(await triggersOf(program, '?status=pending')).toEqual([]))
  const late = await contactWith({ due: farAway })
  expect(await triggerOf(program, late)).toBeUndefined()
})

test('a trigger that is due is told with its contact, and has fired when the orchestrator says so', async () => {
  const program = await liveProgram()
  const execution = await launched(program)
  const nowMs = api.deps.clock.now()
  const soon = new Date(nowMs + (2 * 24 + 15) * 3_600_000 + 300).toISOString()
  const contactId = await contactWith({ due: soon })
  const ahead = await contactWith({ due: farAway })
  const told = await eventually(async () => {
    const triggers = await toldDue(execution.executionId)
    expect(triggers).toHaveLength(1)
    return triggers[0]
  })
  expect(told?.contact).toMatchObject({ id: contactId, firstName: 'Amina', attributes: { due: soon } })
  expect(await triggerOf(program, contactId)).toMatchObject({ status: 'pending', id: told?.triggerId })
  const fired = {
    executionId: execution.executionId,
    audienceId: program.audienceId,
    triggers: [{ triggerId: told?.triggerId, contactId }],
  }
  for (let times = 0; times < 2; times++) await publishProgramEvent(api, execution.executionId, 'execution.triggers_fired', fired)
  await eventually(async () =>
    expect(await triggerOf(program, contactId)).toMatchObject({ status: 'triggered', triggeredAt: expect.any(String) }),
  )
  expect(await api.get(`/audiences/${program.audienceId}`)).toMatchObject({ body: { size: 1 } })
  // The same date fires once, whatever else changes; another date makes another trigger.
  await api.patch(`/contacts/${contactId}`, { firstName: 'Fatima' })
  expect((await triggersOf(program)).filter((trigger) => trigger.contactId === contactId)).toHaveLength(1)
  await api.patch(`/contacts/${contactId}`, { attributes: { due: farAway } })
  const both = (await triggersOf(program)).filter((trigger) => trigger.contactId === contactId)
  expect(both.map(({ status }) => status)).toEqual(['pending', 'triggered'])
  expect(await toldDue(execution.executionId)).toHaveLength(1)
  expect(await triggerOf(program, ahead)).toMatchObject({ status: 'pending' })
  await cancelled(execution)
})

test('one that was told and is moved or cancelled is taken back, and told again when it is due', async () => {
  const program = await liveProgram()
  const execution = await launched(program)
  const soonMs = () => api.deps.clock.now() + (2 * 24 + 15) * 3_600_000
  const ids = [
    await contactWith({ due: new Date(soonMs() + 50).toISOString() }),
    await contactWith({ due: new Date(soonMs() + 50).toISOString() }),
  ]
  await eventually(async () => expect(await toldDue(execution.executionId)).toHaveLength(2))
  const before = await triggerOf(program, ids[0] ?? '')
  await api.patch(`/contacts/${ids[0]}`, { attributes: { due: new Date(soonMs() + 2_000).toISOString() } })
  await api.patch(`/contacts/${ids[1]}`, { attributes: { due: null } })
  await eventually(async () => expect(await takenBack(execution.executionId)).toHaveLength(2))
  const again = await eventually(async () => {
    const told = await toldDue(execution.executionId)
    expect(told).toHaveLength(3)
    return told[2]
  })
  expect(again).toMatchObject({ triggerId: before?.id, contact: { id: ids[0] } })
  await cancelled(execution)
})

test('a batch program, one of another organization and one that does not exist have no triggers', async () => {
  const { program } = await createCampaign(api, {}, true)
  expect(refusal(await api.get(`/programs/${program.id}/triggers`))).toEqual([400, 'BadRequestException'])
  const live = await liveProgram()
  expect(refusal(await api.get(`/programs/${live.id}/triggers`, stranger))).toEqual([404, 'ProgramNotFoundError'])
  expect(refusal(await api.get(`/programs/${live.id}/triggers?status=fired`))).toEqual([400, 'ValidationError', '/query/status'])
  expect(refusal(await api.get(`/programs/${crypto.randomUUID()}/triggers`))).toEqual([404, 'ProgramNotFoundError'])
})

test('changes of contacts while the triggers of a launch are made lose none and keep none that is wrong', async () => {
  const program = await liveProgram()
  const rows = Array.from({ length: 5_000 }, () => `${nextPhone()};2090-07-01`)
  await api.importFile(`phone;Due\n${rows.join('\n')}\n`)
  const { body } = await api.get('/contacts?limit=300')
  const contacts = (body as { data: { id: string }[] }).data.map(({ id }) => id)
  const launching = launched(program)
  const changing = contacts.map((id, index) => {
    if (index % 3 === 0) return api.patch(`/contacts/${id}`, { attributes: { due: null } })
    return index % 3 === 1 ? api.patch(`/contacts/${id}`, { attributes: { due: '2090-08-01' } }) : api.delete(`/contacts/${id}`)
  })
  const importing = api.importFile(
    `phone;Due\n${rows
      .slice(0, 1_000)
      .map((row) => row.replace('07-01', '09-01'))
      .join('\n')}\n`,
  )
  for (const answer of await Promise.all([...changing, importing])) expect(answer.status).toBeLessThan(300)
  const execution = await launching
  const dated = await api.deps.database.sql`
    select id as contact, attributes ->> 'due' as value from contacts where organization_id = ${testOrganizationId} and attributes ->> 'due' > '2090' order by id`
  const waiting = await api.deps.database.sql`
    select contact_id as contact, attribute_value as value from contact_triggers
    where execution_id = ${execution.executionId} and status = 'pending' order by contact_id`
  expect(waiting.length).toBeGreaterThan(4_500)
  expect([...waiting]).toEqual([...dated])
  await cancelled(execution)
})
