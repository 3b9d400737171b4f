import type { LedgerEntryType } from '@carillon/contracts/billing'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
import { exactMicros } from './amount.ts'

/** An amount that will be posted to an organization's account. */
export interface Posting {
  /** The id of the entry. The debit of a call has the call's id. */
  id: string
  organizationId: string
  type: LedgerEntryType
  /** Not 0; negative for a debit. */
  amountMicros: bigint
  callId: string | null
  executionId: string | null
  reason: string | null
}

/** A posting in the ledger. `number` is 1, 2, 3… within the organization. */
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

/** The sum of an organization's postings. */
export interface PostingTotal {
  organizationId: string
  amountMicros: bigint
  count: number
}

/** One total per organization, in the order of their ids. Accounts are locked in that order, so two transactions cannot deadlock. */
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

/** Gives each posting its number and the balance after it. `accountsAfter` are the accounts after all of the postings. */
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

/** Whether a balance pays for calls (contract rule 32). */
const hasCredits = (balanceMicros: bigint) => balanceMicros > 0n

/** The last of these entries of each account that they gave credits or left without any. `entries` are in the order of their numbers. */
export function turningPoints(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const byAccount = new Map<string, { beforeMicros: bigint; last: LedgerEntry }>()
  for (const entry of entries) {
    const known = byAccount.get(entry.organizationId)
    const beforeMicros = known?.beforeMicros ?? entry.balanceAfterMicros - entry.amountMicros
    byAccount.set(entry.organizationId, { beforeMicros, last: entry })
  }
  return [...byAccount.values()]
    .filter(({ beforeMicros, last }) => hasCredits(beforeMicros) !== hasCredits(last.balanceAfterMicros))
    .map(({ last }) => last)
}

/** Below 2³³ credits: above that, six decimals no longer fit into a JSON number. */
const balanceLimitMicros = 8_000_000_000_000_000n

/** Micro-credits of a requested adjustment. Throws a `ValidationError` for 0 and for more than six decimals. */
export function adjustmentMicros(amount: number): bigint {
  const micros = exactMicros(amount)
  if (micros === null) throw invalidField('/amount', 'must have six decimals at most')
  if (micros === 0n) throw invalidField('/amount', 'must not be 0')
  return micros
}

/** Refuses an adjustment that would leave a balance too large for a JSON number. */
export function refuseExcess(balanceMicros: bigint): void {
  if (balanceMicros > balanceLimitMicros || balanceMicros < -balanceLimitMicros) {
    throw invalidField('/amount', 'would take the balance beyond 8 000 000 000 credits')
  }
}
