import type { AccountBalanceChanged } from '@carillon/contracts/billing-events'
import { toIso } from '@carillon/contracts/instant'
import { type LedgerEntry, turningPoints } from './ledger.ts'

/** What is told of accounts that these entries gave credits or left without any. */
export function balanceEvents(entries: readonly LedgerEntry[]): AccountBalanceChanged[] {
  return turningPoints(entries).map(balanceChanged)
}

function balanceChanged({ id, organizationId, executionId, number, balanceAfterMicros, atMs }: LedgerEntry): AccountBalanceChanged {
  return {
    id: `${organizationId}:balance:${number}`,
    type: 'account.balance_changed',
    version: 1,
    organizationId,
    time: toIso(atMs),
    correlationId: executionId ?? id,
    causationId: id,
    data: { balanceMicros: Number(balanceAfterMicros), entryCount: number },
  }
}
