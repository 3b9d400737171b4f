import type { ExecutionContactPage } from '@carillon/contracts/execution-contact'
import { weekdays } from '@carillon/contracts/program'
import type { ExecutionChanged, ExecutionContactsChanged } from '@carillon/contracts/program-events'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier, Script } from './support/carrier.ts'
import { expectConsistent, openOrchestrator, type Request, streamMessages, type TestOrchestrator } from './support/orchestrator.ts'
import { someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
const scripts = new Map<string, Script>()
beforeAll(async () => {
  // Monday, half past nine in UTC.
  orchestrator = await openOrchestrator({ clock: { startsAt: '2026-03-02T09:30:00.000Z' } })
  carrier = await orchestrator.carrier((order) => (scripts.get(order.programId ?? '') ?? (() => 'ringing' as const))(order))
})
afterAll(() => orchestrator.close())

const ordersOf = (id: string) => carrier.orders.filter(({ data }) => data.executionId === id)
const orderedWithin = (id: string, count: number) => eventually(() => expect(ordersOf(id)).toHaveLength(count))
const patch = (id: string, body: object, more: Partial<Request> = {}) =>
  orchestrator.request({ method: 'PATCH', url: `/program-executions/${id}`, body, ...more })
const act = (id: string, contactId: string, what: 'skip' | 'call-now', more: Partial<Request> = {}) =>
  orchestrator.request({ method: 'POST', url: `/program-executions/${id}/contacts/${contactId}/${what}`, ...more })
const join = (id: string, contactIds: readonly string[], more: Partial<Request> = {}) =>
  orchestrator.request({ method: 'POST', url: `/program-executions/${id}/contacts`, body: { contactIds }, ...more })

async function contactsIn(id: string, status: string): Promise<string[]> {
  const { body } = await orchestrator.request({ url: `/program-executions/${id}/contacts?limit=100&status=${status}` })
  return (body as ExecutionContactPage).data.map(({ contactId }) => contactId)
}
const told = async (id: string) =>
  (await streamMessages(orchestrator.service, 'PROGRAMS')).filter(({ correlationId }) => correlationId === id)
const launch = async (count: number, settings: Parameters<typeof someProgram>[1] = {}, script?: Script) => {
  const known = orchestrator.api.add(someProgram(count, settings))
  if (script) scripts.set(known.program.id, script)
  return { known, id: await orchestrator.launch(known) }
}

test('other pacing counts at once, and is told', async () => {
  const { id } = await launch(20, { pacing: { maxConcurrentCalls: 2 } })
  await orderedWithin(id, 2)
  const faster = await patch(id, { pacing: { maxConcurrentCalls: 9 } })
  expect(faster).toMatchObject({ status: 200, body: { pacing: { maxConcurrentCalls: 9 } } })
  await orderedWithin(id, 9)
  expect(await patch(id, { pacing: { callsPerSecond: 0.5 } })).toMatchObject({
    body: { pacing: { maxConcurrentCalls: 9, callsPerSecond: 0.5 } },
  })
  expect(await patch(id, { pacing: { callsPerSecond: null } })).toMatchObject({ body: { pacing: { maxConcurrentCalls: 9 } } })
  const events = await eventually(async () => {
    const changes = (await told(id)).filter(({ type }) => type === 'execution.changed') as ExecutionChanged[]
    expect(changes).toHaveLength(3)
    return changes
  })
  expect(events.map(({ data }) => data.pacing)).toEqual([
    { maxConcurrentCalls: 9 },
    { maxConcurrentCalls: 9, callsPerSecond: 0.5 },
    { maxConcurrentCalls: 9 },
  ])
  await expectConsistent(orchestrator.service, id)
})

test('another stop counts, and can be taken away', async () => {
  const { id } = await launch(3, { pacing: { maxConcurrentCalls: 1 }, stopAt: '2026-03-02T18:00:00.000Z' })
  await orderedWithin(id, 1)
  expect((await patch(id, { stopAt: null })).body).not.toHaveProperty('scheduledStopAt')
  const soon = new Date(orchestrator.service.deps.clock.now() + 1_500).toISOString()
  expect(await patch(id, { stopAt: soon })).toMatchObject({ body: { scheduledStopAt: soon } })
  expect(await orchestrator.until(id, 'stopped')).toMatchObject({ contactsSkipped: 2 })
  expect(await patch(id, { stopAt: null })).toMatchObject({ status: 400, body: { error: 'InvalidExecutionStateError' } })
})

test('a contact that waits for a retry is called now, as its next attempt', async () => {
  const retryStrategy = { type: 'fixed_delay', delayMinutes: 600, maxRetries: 1 } as const
  const { known, id } = await launch(2, { retryStrategy }, ({ attempt }) => (attempt === 1 ? 'busy' : 'completed'))
  const [first, second] = known.contacts.map((contact) => contact.id)
  await eventually(async () => expect(await contactsIn(id, 'pending_retry')).toHaveLength(2))
  expect(await act(id, first ?? '', 'call-now')).toMatchObject({
    status: 200,
    body: { contactId: first, status: 'pending_retry', attempts: 1 },
  })
  await eventually(async () => expect(await contactsIn(id, 'completed')).toEqual([first]))
  expect(await act(id, first ?? '', 'call-now')).toMatchObject({ status: 409, body: { error: 'ContactInCallError' } })

  expect(await act(id, second ?? '', 'skip')).toMatchObject({
    status: 200,
    body: { status: 'skipped', skipReason: 'operator', dueAt: null },
  })
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 1, contactsSkipped: 1 })
  expect(ordersOf(id).map(({ data }) => [data.contactId, data.attempt])).toEqual(
    expect.arrayContaining([
      [first, 1],
      [second, 1],
      [first, 2],
    ]),
  )
  expect(ordersOf(id)).toHaveLength(3)
  const changes = (await told(id)).filter(({ type }) => type === 'execution.contacts_changed') as ExecutionContactsChanged[]
  expect(changes.flatMap(({ data }) => data.changes).filter(({ status }) => status === 'skipped')).toHaveLength(1)
  await expectConsistent(orchestrator.service, id)
})

test('contacts join an execution once, with what they are now, and are called', async () => {
  const { known, id } = await launch(2, { pacing: { maxConcurrentCalls: 1 } })
  await orderedWithin(id, 1)
  const joining = Array.from({ length: 3 }, (_, index) => ({
    id: someId(),
    phone: `+21261122330${index}`,
    firstName: 'New',
    lastName: null,
    attributes: { city: 'Fès' },
  }))
  orchestrator.api.addContacts([...joining, ...known.contacts])
  const ids = joining.map((contact) => contact.id)
  expect(await join(id, [...ids, known.contacts[0]?.id ?? ''])).toEqual({ status: 200, body: { added: 3, totalContacts: 5 } })
  expect(await join(id, ids)).toEqual({ status: 200, body: { added: 0, totalContacts: 5 } })
  await patch(id, { pacing: { maxConcurrentCalls: 10 } })
  await orderedWithin(id, 5)
  const order = ordersOf(id).find(({ data }) => data.contactId === ids[0])
  expect(order?.data).toMatchObject({
    to: '+212611223300',
    variables: { 'contact.firstName': 'New', 'contact.customAttributes.city': 'Fès' },
  })
  for (const each of ordersOf(id)) await carrier.finish(each, 'completed')
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 5, totalContacts: 5 })
  expect(await join(id, ids)).toMatchObject({ status: 400, body: { error: 'InvalidExecutionStateError' } })
  await expectConsistent(orchestrator.service, id)
})

test('contacts that join wait for the calling hours of their own country', async () => {
  const day = [{ startAt: { hour: 8, minute: 0 }, endAt: { hour: 17, minute: 0 } }]
  const { id } = await launch(1, { callingHours: Object.fromEntries(weekdays.map((name) => [name, day])) })
  await orderedWithin(id, 1)
  const contact = { firstName: null, lastName: null, attributes: {} }
  const [tokyo, rabat] = [
    { ...contact, id: someId(), phone: '+819012345678' },
    { ...contact, id: someId(), phone: '+212611998877' },
  ]
  orchestrator.api.addContacts([tokyo, rabat])
  expect((await join(id, [tokyo.id, rabat.id])).status).toBe(200)
  await orderedWithin(id, 2)
  expect(ordersOf(id).some(({ data }) => data.to === tokyo.phone)).toBe(false)
})

test('what cannot be done is refused, and changes nothing', async () => {
  const { known, id } = await launch(2, { pacing: { maxConcurrentCalls: 1 } })
  await eventually(async () => expect(await contactsIn(id, 'calling')).toHaveLength(1))
  const before = await orchestrator.execution(id)
  orchestrator.api.addContacts(known.contacts)
  const [contactId = ''] = await contactsIn(id, 'pending')
  const refused = (error: string, ...pointers: string[]) => ({
    body: { error, ...(pointers.length > 0 ? { details: pointers.map((pointer) => ({ pointer })) } : {}) },
  })
  expect(await patch(id, { stopAt: '2026-03-02T09:00:00Z' })).toMatchObject(refused('ValidationError', '/stopAt'))
  expect(await patch(id, { stopAt: '2098-12-31T23:59:60Z' })).toMatchObject(refused('ValidationError', '/stopAt'))
  expect(await patch(id, {})).toMatchObject(refused('ValidationError'))
  expect(await patch(id, { pacing: { maxConcurrentCalls: 0 } })).toMatchObject(refused('ValidationError', '/pacing/maxConcurrentCalls'))
  expect(await join(id, [contactId, someId()])).toMatchObject(refused('ValidationError', '/contactIds/1'))
  expect(await act(id, someId(), 'skip')).toMatchObject(refused('ContactNotFoundError'))
  const [calling = ''] = await contactsIn(id, 'calling')
  expect(await act(id, calling, 'skip')).toMatchObject(refused('ContactInCallError'))
  for (const more of [{ as: { organizationId: otherOrganizationId } }, {}] as const) {
    const target = 'as' in more ? id : someId()
    for (const answer of [
      await patch(target, { stopAt: null }, more),
      await act(target, contactId, 'skip', more),
      await join(target, [contactId], more),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { error: 'ExecutionNotFoundError' } })
    }
  }
  for (const answer of [
    await patch(id, { stopAt: null }, { role: 'supervisor' }),
    await act(id, contactId, 'skip', { role: 'supervisor' }),
  ]) {
    expect(answer.status).toBe(403)
  }
  expect(await orchestrator.execution(id)).toEqual(before)
})
