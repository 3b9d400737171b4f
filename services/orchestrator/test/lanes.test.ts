import { eventually } from '@carillon/testing/eventually'
import { expect, test } from 'vitest'
import { executionEvents, expectConsistent, openOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

test('executions continue without a gap or a double call while lanes move between replicas', async () => {
  const first = await openOrchestrator({ leaseTtlMs: 1_000 })
  const { database, nats } = first.service
  const carrier = await first.carrier((order) => (order.attempt === 1 && order.to.endsWith('3') ? 'busy' : 'completed'))
  const settings = { pacing: { callsPerSecond: 60 }, retryStrategy: { type: 'fixed_delay', delayMinutes: 0.01, maxRetries: 1 } } as const
  const ids: string[] = []
  for (let index = 0; index < 6; index++) ids.push(await first.launch(first.api.add(someProgram(150, settings))))

  // A second replica starts, takes its half of the lanes, and stops again.
  const second = await openOrchestrator({ leaseTtlMs: 1_000, database, nats, api: first.api })
  await eventually(async () => {
    const holders = await database.sql`select holder from leases where name like 'calls/%' group by holder having count(*) = 16`
    expect(holders).toHaveLength(2)
  })
  await eventually(async () => {
    for (const id of ids) expect((await second.execution(id)).contactsCompleted).toBeGreaterThan(60)
  })
  await second.close()

  for (const id of ids) {
    expect(await first.until(id, 'completed', 30_000)).toMatchObject({ contactsCompleted: 150, contactsFailed: 0 })
    await expectConsistent(first.service, id)
    const orders = carrier.orders.map((order) => order.data).filter((order) => order.executionId === id)
    expect(orders).toHaveLength(165)
    expect(new Set(orders.map((order) => `${order.contactId}/${order.attempt}`)).size).toBe(165)
    const events = await executionEvents(first.service, id, 'execution.completed')
    expect(events.map((event) => event.data.revision)).toEqual(events.map((_, index) => index + 1))
  }
  await first.close()
})

test('a command on one replica takes effect in the lane on the other', async () => {
  const first = await openOrchestrator({ leaseTtlMs: 1_000 })
  const { database, nats } = first.service
  const carrier = await first.carrier(() => 'completed')
  const second = await openOrchestrator({ leaseTtlMs: 1_000, database, nats, api: first.api })
  const ids: string[] = []
  for (let index = 0; index < 8; index++) {
    ids.push(await first.launch(first.api.add(someProgram(5, { startAt: '2099-01-01T00:00:00.000Z' }))))
  }
  for (const id of ids) expect((await second.request({ method: 'DELETE', url: `/program-executions/${id}` })).status).toBe(204)
  await eventually(async () => {
    const rows = await database.sql`select 1 from executions where not settled`
    expect(rows).toHaveLength(0)
  })
  for (const id of ids) await expectConsistent(first.service, id)
  expect(carrier.orders).toHaveLength(0)
  await second.close()
  await first.close()
})
