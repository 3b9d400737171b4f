import { randomUUID } from 'node:crypto'
import { testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { testNats } from '@carillon/testing/nats'
import { expect, test } from 'vitest'
import { openBilling } from './support/billing-service.ts'
import { callEvents } from './support/call-events.ts'

test('given calls in progress, when a second replica takes half of the lanes and the first one stops, then each call is billed once', async () => {
  const database = await testDatabase('billing')
  const nats = await testNats()
  const first = await openBilling({ database, nats })
  const calls = Array.from({ length: 40 }, () => callEvents({ executionId: randomUUID(), durationMs: 30_000 }))
  const callIds = calls.map(([event]) => event?.data.callId ?? '')
  const openAt = (lastSeq: number) =>
    eventually(async () => expect(await database.sql`select from open_calls where last_seq = ${lastSeq}`).toHaveLength(40))

  await first.publish(calls.flatMap((call) => call.slice(0, 2)))
  await openAt(2)

  const second = await openBilling({ database, nats })
  await eventually(async () => {
    const rows = await database.sql`select count(*)::int as lanes from leases where starts_with(name, 'rating/') group by holder`
    expect(rows.map(({ lanes }) => lanes)).toEqual([16, 16])
  })
  await second.publish(calls.flatMap((call) => call.slice(2, 4)))
  await openAt(4)

  await first.close()
  await second.publish(calls.flatMap((call) => call.slice(4)))
  await eventually(async () => expect(await second.rated(callIds)).toHaveLength(40))

  const [sum] = await database.sql`
    select count(*)::int as entries, sum(amount) as total, min(accounts.balance) as balance
    from ledger join accounts using (organization_id)`
  expect(sum).toEqual({ entries: 40, total: '-90.000000', balance: '-90.000000' })
  await second.close()
  await database.drop()
  await nats.close()
})
