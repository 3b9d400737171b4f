import { toIso } from '@carillon/contracts/instant'
import { laneOf } from '@carillon/contracts/lane'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { subjectOf } from '@carillon/contracts/streams'
import type { TriggersCancelled, TriggersDue, TriggersFired } from '@carillon/contracts/trigger-events'
import { eventually } from '@carillon/testing/eventually'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier } from './support/carrier.ts'
import { expectConsistent, openOrchestrator, streamMessages, type TestOrchestrator } from './support/orchestrator.ts'
import { someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  carrier = await orchestrator.carrier(() => 'ringing')
})
afterAll(() => orchestrator.close())

const triggerCondition = {
  type: 'date' as const,
  attributeName: 'due',
  direction: 'before' as const,
  offset: { days: 2, hours: 0, minutes: 0 },
}
const launch = (settings = {}) =>
  orchestrator.launch(
    orchestrator.api.add(someProgram(0, { mode: 'live', triggerCondition, retryStrategy: { type: 'none' }, ...settings })),
  )

const ordersOf = (id: string) => carrier.orders.filter((order) => order.data.executionId === id)
const command = (id: string, what: 'pause' | 'resume') =>
  orchestrator.request({ method: 'PATCH', url: `/program-executions/${id}/${what}` })

let made = 0
function someTrigger(change: Partial<SnapshotContact> = {}) {
  made += 1
  const contact = {
    id: someId(),
    phone: `+21261${String(made).padStart(7, '0')}`,
    firstName: 'Amina',
    lastName: null,
    attributes: { due: '2026-03-20' },
  }
  return { triggerId: someId(), triggerAt: toIso(orchestrator.service.deps.clock.now()), contact: { ...contact, ...change } }
}
type Trigger = ReturnType<typeof someTrigger>

async function publish(event: Omit<TriggersDue, 'time'> | Omit<TriggersCancelled, 'time'>): Promise<void> {
  const { executionId } = event.data
  const time = toIso(orchestrator.service.deps.clock.now())
  await orchestrator.service.nats.connection
    .jetstream()
    .publish(subjectOf('PROGRAMS', laneOf(executionId), event.type), JSON.stringify({ ...event, time }))
}
const header = (executionId: string) => ({
  id: crypto.randomUUID(),
  version: 1 as const,
  organizationId: testOrganizationId,
  correlationId: executionId,
  causationId: null,
})
const due = (executionId: string, ...triggers: Trigger[]) =>
  publish({ ...header(executionId), type: 'trigger.due', data: { executionId, triggers } })
const takeBack = (executionId: string, ...triggers: Trigger[]) =>
  publish({
    ...header(executionId),
    type: 'trigger.cancelled',
    data: { executionId, triggerIds: triggers.map(({ triggerId }) => triggerId) },
  })

const keptOf = async (id: string) =>
  (await orchestrator.service.database.sql`select has_fired from due_triggers where execution_id = ${id}`).length

async function firedOf(executionId: string): Promise<TriggersFired['data']['triggers']> {
  const messages = await streamMessages(orchestrator.service, 'PROGRAMS')
  const fired = messages.filter(
    (event) => event.type === 'execution.triggers_fired' && event.correlationId === executionId,
  ) as TriggersFired[]
  return fired.flatMap((event) => event.data.triggers)
}

test('an execution begins without contacts, and each joins and is called when its trigger is due, once however often it is told', async () => {
  const id = await launch()
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'running', totalContacts: 0, contactsPending: 0 })
  const [first, second] = [someTrigger(), someTrigger()]
  await due(id, first)
  await eventually(() => expect(ordersOf(id)).toHaveLength(1), { timeoutMs: 2_000 })
  expect(ordersOf(id)[0]?.data).toMatchObject({
    to: first.contact.phone,
    attempt: 1,
    variables: { 'contact.customAttributes.due': '2026-03-20' },
  })
  await due(id, first, second)
  await due(id, first)
  await eventually(() => expect(ordersOf(id)).toHaveLength(2))
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ totalContacts: 2, contactsInProgress: 2 }))
  for (const order of ordersOf(id)) await carrier.finish(order, 'completed')
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ contactsCompleted: 2, totalContacts: 2 }))
  expect(await firedOf(id)).toEqual([first, second].map(({ triggerId, contact }) => ({ triggerId, contactId: contact.id })))
  // It waits for further triggers.
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'running' })
  expect(ordersOf(id)).toHaveLength(2)
  await expectConsistent(orchestrator.service, id)
})

test('a trigger that falls due while the execution is paused fires when it is resumed, as it was told last, unless it was taken back', async () => {
  const id = await launch()
  await command(id, 'pause')
  const [kept, moved, dropped] = [someTrigger(), someTrigger(), someTrigger()]
  await due(id, kept, moved, dropped)
  await due(id, { ...moved, contact: { ...moved.contact, phone: '+212699999999' } })
  await takeBack(id, dropped)
  await eventually(async () => expect(await keptOf(id)).toBe(2))
  expect(await orchestrator.execution(id)).toMatchObject({ totalContacts: 0 })
  await command(id, 'resume')
  await eventually(() =>
    expect(
      ordersOf(id)
        .map((order) => order.data.to)
        .sort(),
    ).toEqual([kept.contact.phone, '+212699999999'].sort()),
  )
  // Too late: it has fired.
  await takeBack(id, kept)
  await due(id, kept)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(ordersOf(id)).toHaveLength(2)
  expect(await orchestrator.execution(id)).toMatchObject({ totalContacts: 2 })
})

test('a pause window holds triggers back', async () => {
  const range = { startAt: '2020-01-01T00:00:00.000Z', endAt: '2099-01-01T00:00:00.000Z' }
  const id = await launch({ pauseWindows: { advanced: [range] } })
  await due(id, someTrigger())
  await eventually(async () => expect(await keptOf(id)).toBe(1))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'running', totalContacts: 0 })
})

test('a second trigger of a contact waits until its call has ended, and then calls it again', async () => {
  const id = await launch()
  const first = someTrigger()
  const second = { ...someTrigger(), contact: { ...first.contact, attributes: { due: '2026-04-20' } } }
  await due(id, first)
  await eventually(() => expect(ordersOf(id)).toHaveLength(1))
  await due(id, second)
  await eventually(async () => expect(await keptOf(id)).toBe(2))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(ordersOf(id)).toHaveLength(1)
  const [order] = ordersOf(id)
  if (order) await carrier.finish(order, 'completed')
  await eventually(() => expect(ordersOf(id)).toHaveLength(2))
  expect(ordersOf(id)[1]?.data).toMatchObject({ attempt: 1, variables: { 'contact.customAttributes.due': '2026-04-20' } })
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ totalContacts: 1, contactsInProgress: 1 }))
})

test('contacts of any country are called within their hours', async () => {
  const allDay = [{ startAt: { hour: 0, minute: 0 }, endAt: { hour: 0, minute: 0 } }]
  const callingHours = Object.fromEntries(
    ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((day) => [day, allDay]),
  )
  const id = await launch({ callingHours })
  await due(id, someTrigger({ phone: '+33612345678' }))
  await eventually(() => expect(ordersOf(id)).toHaveLength(1))
  await due(id, someTrigger({ phone: '+14155550123' }), someTrigger({ phone: '+33612345679' }))
  await eventually(() => expect(ordersOf(id)).toHaveLength(3))
})

test('it ends when it is cancelled, and what waits is forgotten', async () => {
  const id = await launch()
  await command(id, 'pause')
  await due(id, someTrigger())
  await eventually(async () => expect(await keptOf(id)).toBe(1))
  expect((await orchestrator.request({ method: 'DELETE', url: `/program-executions/${id}` })).status).toBe(204)
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'cancelled', totalContacts: 0, contactsSkipped: 0 })
  await eventually(async () => expect(await keptOf(id)).toBe(0), { timeoutMs: 15_000 })
})
