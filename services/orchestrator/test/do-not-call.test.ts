import type { DncAdded, DncRemoved } from '@carillon/contracts/dnc-events'
import type { ExecutionContactPage } from '@carillon/contracts/execution-contact'
import { toIso } from '@carillon/contracts/instant'
import { laneOf } from '@carillon/contracts/lane'
import { subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Carrier } from './support/carrier.ts'
import { expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
/** Programs whose contacts are busy. */
const busyPrograms = new Set<string>()
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  carrier = await orchestrator.carrier(({ programId }) => (busyPrograms.has(programId ?? '') ? 'busy' : 'completed'))
})
beforeEach(async () => {
  await orchestrator.service.database.sql`truncate dnc_numbers`
})
afterAll(() => orchestrator.close())

const now = () => orchestrator.service.deps.clock.now()
type Told = Pick<DncAdded, 'type' | 'data'> | Pick<DncRemoved, 'type' | 'data'>

async function publish(organizationId: string, told: Told): Promise<void> {
  const header = {
    id: crypto.randomUUID(),
    version: 1,
    organizationId,
    time: toIso(now()),
    correlationId: organizationId,
    causationId: null,
  }
  const subject = subjectOf('PROGRAMS', laneOf(organizationId), told.type)
  await orchestrator.service.nats.connection.jetstream().publish(subject, JSON.stringify({ ...header, ...told }))
}

async function list(phones: readonly string[], { organizationId = testOrganizationId, expiresAt = null as string | null } = {}) {
  await publish(organizationId, { type: 'dnc.added', data: { entries: phones.map((phone) => ({ phone, expiresAt })) } })
  await eventually(async () => expect(await kept(organizationId)).toEqual(expect.arrayContaining([...phones])))
}

async function kept(organizationId = testOrganizationId): Promise<string[]> {
  const rows = await orchestrator.service.database.sql<{ phone: string }[]>`
    select phone from dnc_numbers where organization_id = ${organizationId}`
  return rows.map(({ phone }) => phone)
}

const phonesOf = (known: ReturnType<typeof someProgram>) => known.contacts.map(({ phone }) => phone)
const calledBy = (id: string) => carrier.orders.filter(({ data }) => data.executionId === id).map(({ data }) => data.to)

test('numbers of the list are skipped with the reason, take no room, and all others are called', async () => {
  const known = orchestrator.api.add(someProgram(1_300, { pacing: { maxConcurrentCalls: 5 } }))
  const phones = phonesOf(known)
  const free = [phones[3], phones[1_298]]
  await list(phones.slice(0, 700).filter((phone) => !free.includes(phone)))
  await list(phones.slice(700).filter((phone) => !free.includes(phone)))

  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 2, contactsSkipped: 1_298 })
  expect(calledBy(id).toSorted()).toEqual(free.toSorted())
  const { body } = await orchestrator.request({ url: `/program-executions/${id}/contacts?status=skipped&limit=100` })
  const { data } = body as ExecutionContactPage
  expect(new Set(data.map(({ skipReason, attempts }) => `${skipReason} ${attempts}`))).toEqual(new Set(['do_not_call 0']))
  await expectConsistent(orchestrator.service, id)
})

test('an entry that has expired, was removed, or is another organization’s does not count', async () => {
  const known = orchestrator.api.add(someProgram(4))
  const [expired, removed, foreign, listed] = phonesOf(known) as [string, string, string, string]
  await orchestrator.service.database.sql`
    insert into dnc_numbers (organization_id, phone, expires_at) values (${testOrganizationId}, ${expired}, ${new Date(now() + 100)})`
  await list([removed, listed])
  await list([foreign], { organizationId: otherOrganizationId })
  await publish(testOrganizationId, { type: 'dnc.removed', data: { phones: [removed] } })
  await eventually(async () => expect(await kept()).not.toContain(removed))
  await new Promise((resolve) => setTimeout(resolve, 150))

  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 3, contactsSkipped: 1 })
  expect(calledBy(id).toSorted()).toEqual([expired, removed, foreign].toSorted())
})

test('a contact whose number enters the list while it waits for a retry is not called again', async () => {
  const known = orchestrator.api.add(someProgram(1, { retryStrategy: { type: 'fixed_delay', delayMinutes: 0.05, maxRetries: 2 } }))
  busyPrograms.add(known.program.id)
  const id = await orchestrator.launch(known)
  await eventually(async () => {
    const { body } = await orchestrator.request({ url: `/program-executions/${id}/contacts?status=pending_retry` })
    expect((body as ExecutionContactPage).data).toHaveLength(1)
  })
  await list(phonesOf(known))
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsSkipped: 1, contactsFailed: 0 })
  expect(calledBy(id)).toHaveLength(1)
})

test('entries are deleted once they have expired', async () => {
  await list(['+212611111111'], { expiresAt: toIso(now() - 1_000) }).catch(() => undefined)
  await list(['+212611111112'], { expiresAt: toIso(now() + 3_600_000) })
  await eventually(async () => expect(await kept()).toEqual(['+212611111112']), { timeoutMs: 15_000 })
})
