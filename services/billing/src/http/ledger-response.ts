import type { LedgerEntryResponse } from '@carillon/contracts/billing'
import { toIso } from '@carillon/contracts/instant'
import { microsToJson } from '@carillon/money/credits'
import type { LedgerEntry } from '../domain/ledger.ts'

export function ledgerEntryResponse(entry: LedgerEntry): LedgerEntryResponse {
  return {
    id: entry.id,
    type: entry.type,
    amount: microsToJson(entry.amountMicros),
    balanceAfter: microsToJson(entry.balanceAfterMicros),
    ...(entry.callId === null ? {} : { callId: entry.callId }),
    ...(entry.executionId === null ? {} : { executionId: entry.executionId }),
    ...(entry.reason === null ? {} : { reason: entry.reason }),
    at: toIso(entry.atMs),
  }
}
