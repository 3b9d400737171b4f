import type { LedgerEntryResponse } from '@carillon/contracts/billing'
import { microsToJson } from '@carillon/money/credits'
import { toIso } from '@carillon/service-kit/domain/instant'
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
