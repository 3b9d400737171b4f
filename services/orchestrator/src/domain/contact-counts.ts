import type { ContactCounts, ContactStatus } from '@carillon/contracts/execution'
import { EventRefusedError } from '@carillon/service-kit/domain/event-refused'

const fieldOf = {
  pending: 'pending',
  queued: 'queued',
  calling: 'calling',
  pending_retry: 'pendingRetry',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
} as const satisfies Record<ContactStatus, keyof ContactCounts>

/** The counts of an execution that has just been launched. */
export function initialCounts(totalContacts: number): ContactCounts {
  return { pending: totalContacts, queued: 0, calling: 0, pendingRetry: 0, completed: 0, failed: 0, skipped: 0 }
}

export function countIn(counts: ContactCounts, status: ContactStatus): number {
  return counts[fieldOf[status]]
}

/** Moves one contact from one status to another, in place. */
export function countMove(counts: ContactCounts, from: ContactStatus, to: ContactStatus): void {
  counts[fieldOf[from]]--
  counts[fieldOf[to]]++
}

/** Contacts that wait for a first call or a retry. */
export const waiting = (counts: ContactCounts) => counts.pending + counts.pendingRetry

/** Contacts with an ordered or ongoing call. */
export const inProgress = (counts: ContactCounts) => counts.queued + counts.calling

/** All contacts. */
export const totalOf = (counts: ContactCounts) => Object.values(counts).reduce((total, count) => total + count, 0)

/** All waiting contacts are skipped. */
export function skipWaiting(counts: ContactCounts): ContactCounts {
  return { ...counts, pending: 0, pendingRetry: 0, skipped: counts.skipped + waiting(counts) }
}

/** Throws an {@link EventRefusedError} unless the counts add up to the total and none is negative (contract rule 9), so that a wrong state is never committed. */
export function assertBalanced(counts: ContactCounts, totalContacts: number): void {
  const sum = totalOf(counts)
  if (sum !== totalContacts || Object.values(counts).some((count) => count < 0)) {
    throw new EventRefusedError(`the contacts do not add up to ${totalContacts}: ${JSON.stringify(counts)}`)
  }
}

/**
 * The stored statuses of the contacts that are in a status. When an execution ends, its waiting contacts are skipped at once, and their rows follow within
 * seconds.
 */
export function storedAs(status: ContactStatus, isLive: boolean): readonly ContactStatus[] {
  if (isLive) return [status]
  if (status === 'skipped') return ['skipped', 'pending', 'pending_retry']
  return status === 'pending' || status === 'pending_retry' ? [] : [status]
}
