import { testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { testNats } from '@carillon/testing/nats'
import { expect, test } from 'vitest'
import { expectConsistent, openOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

test('an unanswered order is sent again unchanged, also by a lane that starts again', async () => {
  const database = await testDatabase('orchestrator')
  const nats = await testNats()
  const first = await openOrchestrator({ orderValidityMs: 300, database, nats })
  const known = first.api.add(someProgram(5))
  const id = await first.launch(known)
  const manager = await nats.connection.jetstreamManager()
  await eventually(async () => expect((await manager.streams.info('DIAL')).state.messages).toBe(5))
  await first.close()

  // The stream and the message ids that it remembered are lost, and the outbox has dropped its rows.
  const { config } = await manager.streams.info('DIAL')
  await manager.streams.delete('DIAL')
  await manager.streams.add(config)
  await database.sql`delete from outbox where stream = 'DIAL'`
  const lost = await database.sql<{ call_id: string }[]>`select call_id from execution_contacts where execution_id = ${id}`

  const second = await openOrchestrator({ orderValidityMs: 300, database, nats })
  second.api.add(known)
  const carrier = await second.carrier(() => 'completed')
  expect(await second.until(id, 'completed')).toMatchObject({ contactsCompleted: 5, contactsFailed: 0 })
  // While nobody answers, an order may be sent more than once.
  const orders = new Map(carrier.orders.map(({ data }) => [data.callId, data]))
  const lostIds = lost.map((row) => row.call_id)
  expect([...orders.keys()]).toEqual(expect.arrayContaining(lostIds))
  // The orders came too late, which is no attempt.
  const anew = [...orders.values()].filter(({ callId }) => !lostIds.includes(callId))
  expect(anew.map((order) => order.attempt)).toEqual([1, 1, 1, 1, 1])
  await expectConsistent(second.service, id)
  await second.close()
  await nats.close()
  await database.drop()
})
