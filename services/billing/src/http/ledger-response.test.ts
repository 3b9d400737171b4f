import { expect, test } from 'vitest'
import type { LedgerEntry } from '../domain/ledger.ts'
import { ledgerEntryResponse } from './ledger-response.ts'

test('an entry is shown without the fields that it does not have', () => {
  const entry: LedgerEntry = {
    id: 'a-1875075',
    organizationId: 'a',
    type: 'adjustment',
    amountMicros: -1_875_075n,
    callId: null,
    executionId: null,
    reason: 'because',
    number: 1,
    balanceAfterMicros: 5_000_000n,
    atMs: 0,
  }
  expect(ledgerEntryResponse(entry)).toEqual({
    id: entry.id,
    type: 'adjustment',
    amount: -1.875075,
    balanceAfter: 5,
    reason: 'because',
    at: '1970-01-01T00:00:00.000Z',
  })
})
