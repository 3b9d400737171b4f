import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { type FollowedContact, type LiveExecution, wantedTriggers } from '../domain/trigger.ts'
import { triggersCancelled } from '../domain/trigger-messages.ts'
import { withOrderedIds } from '../ordered-ids.ts'
import { cancelTriggers, insertTriggers, moveTriggers } from '../store/contact-triggers.ts'
import { followersOf } from '../store/live-executions.ts'

type Deps = Pick<ServiceDeps, 'clock' | 'outbox'>

/**
 * Keeps the triggers of live executions right, in the transaction that changes contacts: makes those of new dates, moves those of changed ones, and cancels
 * those of contacts without a date (contract rule 16).
 *
 * @param read gives the contacts as the transaction has written them. It is asked only if an execution follows them.
 */
export async function contactsChanged(
  tx: Tx,
  deps: Deps,
  organizationId: string,
  read: () => Promise<readonly FollowedContact[]> | readonly FollowedContact[],
): Promise<void> {
  const followers = await followersOf(tx, organizationId)
  if (followers.length === 0) return
  const contacts = await read()
  const nowMs = deps.clock.now()
  for (const execution of followers) {
    const wanted = wantedTriggers(execution, contacts)
    const kept = new Set(wanted.map(({ contactId }) => contactId))
    const gone = contacts.flatMap(({ id }) => (kept.has(id) ? [] : [id]))
    const ahead = await moveTriggers(tx, execution.executionId, wanted, nowMs)
    await insertTriggers(tx, execution, withOrderedIds(wanted, nowMs), nowMs)
    const cancelled = await cancelTriggers(tx, execution.executionId, gone)
    await takeBack(tx, deps, execution, [...ahead, ...cancelled])
  }
}

/** Cancels the triggers of a contact that the transaction deletes. */
export async function contactDeleted(tx: Tx, deps: Deps, organizationId: string, contactId: string): Promise<void> {
  for (const execution of await followersOf(tx, organizationId)) {
    await takeBack(tx, deps, execution, await cancelTriggers(tx, execution.executionId, [contactId]))
  }
}

/** Tells the orchestrator that triggers which it was told of are not to fire now. */
async function takeBack(tx: Tx, { clock, outbox }: Deps, execution: LiveExecution, triggerIds: string[]): Promise<void> {
  if (triggerIds.length === 0) return
  const { organizationId, executionId } = execution
  const atMs = clock.now()
  const message = triggersCancelled({ organizationId, executionId, messageId: uuidv7(atMs), atMs }, triggerIds)
  await appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: executionId, message }])
}
