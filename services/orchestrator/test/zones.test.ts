import { fromIso } from '@carillon/contracts/instant'
import { weekdays } from '@carillon/contracts/program'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier } from './support/carrier.ts'
import { expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
beforeAll(async () => {
  // Monday: ten o'clock in Morocco, six o'clock in the evening in Japan.
  orchestrator = await openOrchestrator({ clock: { startsAt: '2026-03-02T09:30:00.000Z' } })
  carrier = await orchestrator.carrier(() => 'completed')
})
afterAll(() => orchestrator.close())

const hours = (from: number, to: number, days: readonly string[] = weekdays) =>
  Object.fromEntries(days.map((day) => [day, [{ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } }]]))
const ordersOf = (executionId: string) => carrier.orders.filter((order) => order.data.executionId === executionId)

/** The last contact has a Moroccan number; the others wait for the morning in Japan. */
function mostlyInJapan(count: number, settings: Parameters<typeof someProgram>[1]) {
  const known = orchestrator.api.add(someProgram(count, { pacing: { maxConcurrentCalls: 1 }, ...settings }))
  for (const [index, contact] of known.contacts.slice(0, -1).entries()) contact.phone = `+8190${String(10_000_000 + index)}`
  return known
}

test('contacts outside their calling hours take no room from those who may be called, and are not written', async () => {
  const known = mostlyInJapan(400, { callingHours: hours(8, 17) })
  const id = await orchestrator.launch(known)
  const launchedAt = orchestrator.service.deps.clock.now()
  const [order] = await eventually(() => {
    expect(ordersOf(id)).toHaveLength(1)
    return ordersOf(id)
  })
  expect(order?.data.to).toBe(known.contacts.at(-1)?.phone)
  expect(fromIso(order?.time ?? '') - launchedAt).toBeLessThan(3_000)
  await eventually(async () => expect(await orchestrator.execution(id)).toMatchObject({ contactsCompleted: 1, contactsPending: 399 }))
  const due = await orchestrator.service.database.sql`
    select distinct due_at from execution_contacts where execution_id = ${id} and due_at is not null`
  expect(due).toHaveLength(1)
  await expectConsistent(orchestrator.service, id)
})

test('contacts who may never be called are skipped beside those who are called', async () => {
  // In all of Russia at once it is never between ten and eleven o'clock.
  const known = mostlyInJapan(30, { callingHours: hours(9, 11) })
  for (const contact of known.contacts.slice(0, 20)) contact.phone = contact.phone.replace('+8190', '+7903')
  for (const [index, contact] of known.contacts.slice(20).entries()) contact.phone = `+21261234567${index}`
  const id = await orchestrator.launch(known)
  expect(await orchestrator.until(id, 'completed')).toMatchObject({ contactsCompleted: 10, contactsSkipped: 20 })
})
