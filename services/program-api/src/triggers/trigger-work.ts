import { toIso } from '@carillon/contracts/instant'
import type { TriggersDue } from '@carillon/contracts/trigger-events'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { appendToOutbox, type OutboxMessage } from '@carillon/service-kit/messaging/outbox'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { wantedTriggers } from '../domain/trigger.ts'
import { triggersDue } from '../domain/trigger-messages.ts'
import { withOrderedIds } from '../ordered-ids.ts'
import { cancelEnded, type DueTrigger, insertTriggers, takeDueTriggers } from '../store/contact-triggers.ts'
import { holdContactsAfter } from '../store/contacts.ts'
import { lockUnseeded, noteSeeded } from '../store/live-executions.ts'

type Deps = Pick<ServiceDeps, 'database' | 'clock' | 'outbox'>

/** Contacts in one transaction of the seeding, and transactions of one run: the next run goes on. */
const seedPage = 2_000
const seedPages = 100
/** Triggers that one transaction tells, and transactions of one run. */
const tellLimit = 1_000
const tellRounds = 20
/** Of the contacts in one message. */
const messageBytes = 200_000
const cancelLimit = 5_000

/**
 * Makes the triggers of the contacts that were there at a launch, page by page. The contacts of a page stay as they are until its transaction ends; whoever
 * changes one of them afterwards finds its trigger. Safe to run on several replicas at once, and to stop anywhere.
 */
export async function seedTriggers({ database, clock }: Deps): Promise<void> {
  for (let page = 0; page < seedPages; page++) {
    const isOver = await database.transaction(async (tx) => {
      const unseeded = await lockUnseeded(tx)
      if (!unseeded) return true
      const { execution, after } = unseeded
      const { contacts, last } = await holdContactsAfter(tx, execution.organizationId, after, seedPage)
      const atMs = clock.now()
      const wanted = wantedTriggers(execution, contacts)
      await insertTriggers(tx, execution, withOrderedIds(wanted, atMs), atMs)
      await noteSeeded(tx, execution.executionId, last)
      return false
    })
    if (isOver) return
  }
}

/** Tells the orchestrator of the triggers that have come due. Safe to run on several replicas at once. */
export async function tellDueTriggers({ database, clock, outbox }: Deps): Promise<void> {
  for (let round = 0; round < tellRounds; round++) {
    const count = await database.transaction(async (tx) => {
      const nowMs = clock.now()
      const due = await takeDueTriggers(tx, nowMs, tellLimit)
      const byExecution = Map.groupBy(due, ({ executionId }) => executionId)
      await appendToOutbox(
        tx,
        outbox,
        [...byExecution.values()].flatMap((triggers) => messagesOf(triggers, nowMs)),
      )
      return due.length
    })
    if (count < tellLimit) return
  }
}

/** Cancels what waits for executions that have ended. */
export async function cancelEndedTriggers({ database }: Pick<Deps, 'database'>): Promise<void> {
  let count = cancelLimit
  while (count === cancelLimit) count = await database.transaction((tx) => cancelEnded(tx, cancelLimit))
}

/** Messages about the triggers of one execution. Each has one contact at least, and otherwise as many as fit. */
function messagesOf(due: readonly DueTrigger[], atMs: number): OutboxMessage[] {
  const [first] = due
  if (!first) return []
  const batches: TriggersDue['data']['triggers'][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const { id, triggerAt, contact } of due) {
    const trigger = { triggerId: id, triggerAt: toIso(triggerAt.getTime()), contact }
    const size = Buffer.byteLength(JSON.stringify(trigger))
    if (bytes + size > messageBytes) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push(trigger)
    bytes += size
  }
  const { organizationId, executionId } = first
  return batches.map((triggers) => {
    const message = triggersDue({ messageId: uuidv7(atMs), organizationId, executionId, atMs }, triggers)
    return { stream: 'PROGRAMS', laneKey: executionId, message }
  })
}
