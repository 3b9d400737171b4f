import type { LedgerEntryResponse, LedgerEntryType } from '@carillon/contracts/billing'
import { microsToJson } from '@carillon/money/credits'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import { exactMicros } from './amount.ts'

/** What is to be posted to an organization's account. */
export interface Posting {
  /** Of the entry; the call's for the debit of a call. */
  id: string
  organizationId: string
  type: LedgerEntryType
  /** Not 0; negative for a debit. */
  amountMicros: bigint
  callId: string | null
  executionId: string | null
  reason: string | null
}

/** A posting at its place in the ledger: `number` is 1, 2, 3… within the organization. */
export interface LedgerEntry extends Posting {
  number: number
  balanceAfterMicros: bigint
  atMs: number
}

export interface Account {
  organizationId: string
  balanceMicros: bigint
  entryCount: number
  updatedAtMs: number
}

/** What postings come to, by organization, in the order of the organizations' ids: accounts are locked in that order. */
export interface PostingTotal {
  organizationId: string
  amountMicros: bigint
  count: number
}

export function totalsOf(postings: readonly Posting[]): PostingTotal[] {
  const totals = new Map<string, PostingTotal>()
  for (const { organizationId, amountMicros } of postings) {
    const total = totals.get(organizationId) ?? { organizationId, amountMicros: 0n, count: 0 }
    total.amountMicros += amountMicros
    total.count++
    totals.set(organizationId, total)
  }
  return [...totals.values()].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1))
}

/** Gives each posting its number and the balance that it left. `accountsAfter` hold the sum of all of them already. */
export function entriesOf(postings: readonly Posting[], accountsAfter: readonly Account[], atMs: number): LedgerEntry[] {
  const last = new Map<string, { number: number; balanceMicros: bigint }>()
  const totals = new Map(totalsOf(postings).map((total) => [total.organizationId, total]))
  for (const { organizationId, entryCount, balanceMicros } of accountsAfter) {
    const total = totals.get(organizationId)
    if (total) last.set(organizationId, { number: entryCount - total.count, balanceMicros: balanceMicros - total.amountMicros })
  }
  return postings.map((posting) => {
    const at = last.get(posting.organizationId)
    if (!at) throw new Error(`no account of organization ${posting.organizationId}`)
    at.number++
    at.balanceMicros += posting.amountMicros
    return { ...posting, number: at.number, balanceAfterMicros: at.balanceMicros, atMs }
  })
}

/** Below 2³³ credits, where six decimals no longer fit a JSON number. */
const balanceLimitMicros = 8_000_000_000_000_000n

/** Micro-credits of a requested adjustment. Throws a `ValidationError` for 0 and for more than six decimals. */
export function adjustmentMicros(amount: number): bigint {
  const micros = exactMicros(amount)
  if (micros === null) throw invalidField('/amount', 'must have six decimals at most')
  if (micros === 0n) throw invalidField('/amount', 'must not be 0')
  return micros
}

/** Refuses an adjustment that leaves a balance too large to be reported. */
export function refuseExcess(balanceMicros: bigint): void {
  if (balanceMicros > balanceLimitMicros || balanceMicros < -balanceLimitMicros) {
    throw invalidField('/amount', 'would take the balance beyond 8 000 000 000 credits')
  }
}

export function toResponse(entry: LedgerEntry): LedgerEntryResponse {
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
