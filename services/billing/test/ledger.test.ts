import { openTestService, type TestService, testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Posting } from '../src/domain/ledger.ts'
import { post } from '../src/store/ledger.ts'

let service: TestService
beforeAll(async () => {
  service = await openTestService('billing')
})
afterAll(() => service.close())

const callId = '018f0000-0000-7000-8000-0000000000d1'
const debit: Posting = {
  id: callId,
  organizationId: testOrganizationId,
  type: 'call',
  amountMicros: -750_000n,
  callId,
  executionId: null,
  reason: null,
}
const postDebit = (posting: Posting) => service.deps.database.transaction((tx) => post(tx, [posting], 0))
const balance = async () => {
  const [row] = await service.database.sql`select balance, entry_count::int as entries from accounts`
  return row
}

test('given a debited call, when it is debited again, then the ledger refuses it and the balance is unchanged', async () => {
  await postDebit(debit)
  await expect(postDebit(debit)).rejects.toThrow('ledger_pkey')
  expect(await balance()).toEqual({ balance: '-0.750000', entries: 1 })
})

test('the debit of a call cannot be posted under another id', async () => {
  await expect(postDebit({ ...debit, id: '018f0000-0000-7000-8000-0000000000d2' })).rejects.toThrow('check constraint')
})

const changes = [
  ['ledger', 'update', 'update ledger set amount = -1'],
  ['ledger', 'delete', 'delete from ledger'],
  ['ledger', 'truncate', 'truncate ledger'],
  ['rate_cards', 'update', `update rate_cards set rates = '{}'`],
  ['rate_cards', 'delete', 'delete from rate_cards'],
  ['rate_cards', 'truncate', 'truncate rate_cards'],
] as const

test.each(changes)('the rows of %s never change: the service has no right to %s', async (table, _verb, statement) => {
  await expect(service.database.sql.unsafe(statement)).rejects.toThrow(`permission denied for table ${table}`)
})

test.each(changes)('the rows of %s never change: even with the right to %s, it is refused', async (table, verb, statement) => {
  const change = service.database.sql.begin(async (tx) => {
    await tx.unsafe(`grant ${verb} on ${table} to current_user`)
    await tx.unsafe(statement)
  })
  await expect(change).rejects.toThrow(`${verb} of ${table} is refused`)
})

test('given many postings at once from many transactions, then numbers have no gaps and each balance is the one before plus the amount', async () => {
  const organizationIds = ['018f0000-0000-7000-8000-0000000000e1', '018f0000-0000-7000-8000-0000000000e2']
  const id = (index: number) => `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`
  await Promise.all(
    Array.from({ length: 20 }, (_, batch) => {
      const postings = Array.from({ length: 10 }, (_posting, index) => ({
        ...debit,
        id: id(1_000 + batch * 10 + index),
        callId: id(1_000 + batch * 10 + index),
        organizationId: organizationIds[(batch + index) % 2] ?? '',
        amountMicros: BigInt(-1 - index),
      }))
      return service.deps.database.transaction((tx) => post(tx, postings, batch))
    }),
  )
  const wrong = await service.database.sql`
    select * from (
      select number, balance_after,
        row_number() over entries as expected_number, sum(amount) over entries as expected_balance
      from ledger where organization_id = any(${organizationIds}::uuid[])
      window entries as (partition by organization_id order by number)
    ) as entry where number <> expected_number or balance_after <> expected_balance`
  expect(wrong).toEqual([])
})
