import type { AccountBalanceChanged } from '@carillon/contracts/billing-events'
import type { LaunchResponse } from '@carillon/contracts/execution'
import { laneOf } from '@carillon/contracts/lane'
import { subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Carrier } from './support/carrier.ts'
import { executionEvents, expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeEach(async () => {
  orchestrator = await openOrchestrator()
  carrier = await orchestrator.carrier(() => 'ringing')
})
afterEach(() => orchestrator.close())

let told = 0
/** Billing tells by an event. */
async function tell(organizationId: string, balanceMicros: number, entryCount: number): Promise<void> {
  const event: AccountBalanceChanged = {
    id: `told-${++told}`,
    type: 'account.balance_changed',
    version: 1,
    organizationId,
    time: new Date().toISOString(),
    correlationId: organizationId,
    causationId: null,
    data: { balanceMicros, entryCount },
  }
  const jetstream = orchestrator.service.nats.connection.jetstream()
  await jetstream.publish(subjectOf('BILLING', laneOf(organizationId), event.type), JSON.stringify(event), { msgID: event.id })
}
const known = async (organizationId: string) => {
  const [row] = await orchestrator.service.database.sql`
    select has_credits, entry_count::integer from balances where organization_id = ${organizationId}`
  return row
}
const resume = (id: string) => orchestrator.request({ method: 'PATCH', url: `/program-executions/${id}/resume` })
const tenContacts = () => orchestrator.api.add(someProgram(10, { pacing: { maxConcurrentCalls: 2 } }))

test('an organization without credits launches, and nobody is called until it has credits and resumes', async () => {
  orchestrator.accounts.set(testOrganizationId, { balanceMicros: 0, entryCount: 0 })
  const id = await orchestrator.launch(tenContacts())
  expect(await orchestrator.until(id, 'paused_no_credits')).toMatchObject({ contactsPending: 10 })
  expect(await resume(id)).toMatchObject({ status: 200, body: { status: 'running' } })
  await orchestrator.until(id, 'paused_no_credits')
  expect(carrier.orders).toEqual([])

  orchestrator.accounts.set(testOrganizationId, { balanceMicros: 5_000_000, entryCount: 1 })
  expect(await resume(id)).toMatchObject({ status: 200 })
  await eventually(() => expect(carrier.orders).toHaveLength(2))
  await expectConsistent(orchestrator.service, id)
})

test('an execution in test mode needs no credits, also while live ones of the organization are paused', async () => {
  orchestrator.accounts.set(testOrganizationId, { balanceMicros: 0, entryCount: 0 })
  const { program } = tenContacts()
  const launch = { method: 'POST', url: `/programs/${program.id}/launch` } as const
  const { body: live } = await orchestrator.request(launch)
  await orchestrator.until((live as LaunchResponse).executionId, 'paused_no_credits')
  const { body: test } = await orchestrator.request({ ...launch, as: { test: true } })
  const { executionId } = test as LaunchResponse
  await eventually(() => expect(carrier.orders.map(({ data }) => data.executionId)).toEqual([executionId, executionId]))
  expect(await orchestrator.execution(executionId)).toMatchObject({ status: 'running', contactsInProgress: 2 })
})

test('when the credits are used up, calls in progress run to their end and no other is started', async () => {
  const id = await orchestrator.launch(tenContacts())
  const [first, second] = await eventually(() => {
    expect(carrier.orders).toHaveLength(2)
    return carrier.orders
  })
  await tell(testOrganizationId, -750_000, 2)
  await eventually(async () => expect(await known(testOrganizationId)).toEqual({ has_credits: false, entry_count: 2 }))
  if (first) await carrier.finish(first, 'completed')
  expect(await orchestrator.until(id, 'paused_no_credits')).toMatchObject({ contactsCompleted: 1, contactsInProgress: 1 })
  if (second) await carrier.finish(second, 'completed')
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ contactsCompleted: 2, contactsPending: 8 }))
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'paused_no_credits' })
  expect(carrier.orders).toHaveLength(2)
  const events = await executionEvents(orchestrator.service, id, 'execution.contacts_changed')
  expect(events.map((event) => event.data.revision)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter(({ type }) => type === 'execution.paused')).toMatchObject([{ data: { status: 'paused_no_credits' } }])
})

test('older news about an account never replaces newer news', async () => {
  await tell(testOrganizationId, 5_000_000, 7)
  await tell(otherOrganizationId, 5_000_000, 1)
  await tell(testOrganizationId, 0, 6)
  await tell(otherOrganizationId, 0, 2)
  await eventually(async () => expect(await known(otherOrganizationId)).toEqual({ has_credits: false, entry_count: 2 }))
  await eventually(async () => expect(await known(testOrganizationId)).toEqual({ has_credits: true, entry_count: 7 }))
})

test('while billing is away a launch goes by what it told last, and is refused if it told nothing', async () => {
  const program = tenContacts()
  await orchestrator.accounts.close()
  const launch = () => orchestrator.request({ method: 'POST', url: `/programs/${program.program.id}/launch` })
  expect(await launch()).toMatchObject({ status: 503, body: { error: 'ServiceUnavailableError' } })
  await tell(testOrganizationId, 5_000_000, 1)
  await eventually(async () => expect(await known(testOrganizationId)).toBeDefined())
  expect(await launch()).toMatchObject({ status: 201 })
  await eventually(() => expect(carrier.orders).toHaveLength(2))
})

test('an organization whose balance was never told is asked about while it has a live execution', async () => {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(1, { startAt: '2099-01-01T00:00:00.000Z' })))
  await orchestrator.service.database.sql`delete from balances`
  await eventually(async () => expect(await known(testOrganizationId)).toEqual({ has_credits: true, entry_count: 1 }), {
    timeoutMs: 15_000,
  })
  expect(await orchestrator.execution(id)).toMatchObject({ status: 'scheduled' })
})
