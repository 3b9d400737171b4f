import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier, Script } from './support/carrier.ts'
import { executionEvents, expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
/** Scripts by program, so that the tests of this file can share a carrier. */
const scripts = new Map<string, Script>()

beforeAll(async () => {
  orchestrator = await openOrchestrator()
  carrier = await orchestrator.carrier((order) => scripts.get(order.programId ?? '')?.(order) ?? 'completed')
})
afterAll(() => orchestrator.close())

const ordersOf = (executionId: string) => carrier.orders.map((order) => order.data).filter((order) => order.executionId === executionId)

test('every contact is called once and the execution completes', async () => {
  const known = orchestrator.api.add(someProgram(120))
  const id = await orchestrator.launch(known)
  const done = await orchestrator.until(id, 'completed')
  expect(done).toMatchObject({
    totalContacts: 120,
    contactsCompleted: 120,
    contactsFailed: 0,
    contactsPending: 0,
    contactsInProgress: 0,
    contactsSkipped: 0,
  })
  expect(done.actualEndAt).toBeDefined()
  const called = ordersOf(id).map((order) => order.contactId)
  expect([...called].sort()).toEqual(known.contacts.map((contact) => contact.id).sort())
  await expectConsistent(orchestrator.service, id)
})

test('an order has what the bridge needs of the contact, the flow and the program', async () => {
  const known = orchestrator.api.add(someProgram(1, { amd: true, retryStrategy: { type: 'fixed_delay', delayMinutes: 5, maxRetries: 2 } }))
  const id = await orchestrator.launch(known)
  await orchestrator.until(id, 'completed')
  const [contact] = known.contacts
  expect(ordersOf(id)).toEqual([
    {
      callId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      executionId: id,
      jobId: null,
      programId: known.program.id,
      contactId: contact?.id,
      attempt: 1,
      maxAttempts: 3,
      from: '+212522000000',
      to: contact?.phone,
      flowId: known.program.flowId,
      flowVersion: 3,
      flowName: 'Greeting',
      amd: true,
      variables: {
        'contact.id': contact?.id,
        'contact.phone': contact?.phone,
        'contact.firstName': 'Amina',
        'contact.lastName': 'Benali',
        'contact.fullName': 'Amina Benali',
        'contact.customAttributes.city': 'Rabat\t\\',
        'contact.customAttributes.rank': 0,
        'contact.customAttributes.vip': true,
      },
      notBefore: expect.any(String),
      notAfter: expect.any(String),
    },
  ])
})

test('the events of an execution have revisions without a gap, and their counts add up', async () => {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(75)))
  await orchestrator.until(id, 'completed')
  const events = await executionEvents(orchestrator.service, id, 'execution.completed')
  expect(events.map((event) => event.data.revision)).toEqual(events.map((_, index) => index + 1))
  expect(events[0]?.type).toBe('execution.launched')
  for (const { data } of events) expect(Object.values(data.counts).reduce((sum, count) => sum + count, 0)).toBe(75)
})
