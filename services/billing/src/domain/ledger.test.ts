import { expect, test } from 'vitest'
import { adjustmentMicros, entriesOf, type LedgerEntry, type Posting, refuseExcess, totalsOf, turningPoints } from './ledger.ts'

const posting = (organizationId: string, amountMicros: bigint): Posting => ({
  id: `${organizationId}${amountMicros}`,
  organizationId,
  type: 'adjustment',
  amountMicros,
  callId: null,
  executionId: null,
  reason: 'because',
})

test('postings add up to one total per organization, in the order of their ids', () => {
  expect(totalsOf([posting('b', 5n), posting('a', -2n), posting('b', -7n)])).toEqual([
    { organizationId: 'a', amountMicros: -2n, count: 1 },
    { organizationId: 'b', amountMicros: -2n, count: 2 },
  ])
})

test('entries continue from the state of the account, each with the balance after it', () => {
  const postings = [posting('b', 5n), posting('a', -2n), posting('b', -7n)]
  const accountsAfter = [
    { organizationId: 'a', balanceMicros: 98n, entryCount: 1, updatedAtMs: 0 },
    { organizationId: 'b', balanceMicros: 10n, entryCount: 12, updatedAtMs: 0 },
  ]
  const entries = entriesOf(postings, accountsAfter, 77)
  expect(entries.map(({ organizationId, number, balanceAfterMicros }) => [organizationId, number, balanceAfterMicros])).toEqual([
    ['b', 11, 17n],
    ['a', 1, 98n],
    ['b', 12, 10n],
  ])
})

test('an account turns where a batch of entries gives it credits, or leaves it without any', () => {
  const entry = (organizationId: string, number: number, amountMicros: bigint, balanceAfterMicros: bigint): LedgerEntry => {
    return { ...posting(organizationId, amountMicros), number, balanceAfterMicros, atMs: 0 }
  }
  const turned = turningPoints([
    entry('first credits', 1, 5n, 5n),
    entry('used up', 8, -3n, 2n),
    entry('used up', 9, -2n, 0n),
    entry('below zero and back', 4, -3n, -1n),
    entry('below zero and back', 5, 2n, 1n),
    entry('still in debt', 6, 1n, -4n),
    entry('from debt', 7, 9n, 5n),
    entry('first debt', 1, -1n, -1n),
    entry('more', 2, 5n, 10n),
  ])
  expect(turned.map(({ organizationId, number }) => [organizationId, number])).toEqual([
    ['first credits', 1],
    ['used up', 9],
    ['from debt', 7],
  ])
})

test.each([
  [0, 'amount must not be 0'],
  [-0, 'amount must not be 0'],
  [1.0000001, 'amount must have six decimals at most'],
])('an adjustment of %d is refused', (amount, message) => {
  expect(() => adjustmentMicros(amount)).toThrow(expect.objectContaining({ details: [{ pointer: '/amount', message }] }))
})

test('an adjustment is read exactly', () => {
  expect([adjustmentMicros(0.1), adjustmentMicros(-1_000_000.000001)]).toEqual([100_000n, -1_000_000_000_001n])
})

test('a balance that a JSON number cannot hold is refused, positive or negative', () => {
  expect(() => refuseExcess(8_000_000_000_000_000n)).not.toThrow()
  expect(() => refuseExcess(8_000_000_000_000_001n)).toThrow('8 000 000 000')
  expect(() => refuseExcess(-8_000_000_000_000_001n)).toThrow('8 000 000 000')
})
