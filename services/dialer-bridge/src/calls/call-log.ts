import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CallEvent } from '@carillon/contracts/call-events'
import { appendToOutbox, type OutboxSignal } from '@carillon/service-kit/messaging/outbox'
import type { Database } from '@carillon/service-kit/postgres/database'
import type { Logger } from '@carillon/service-kit/process/logger'
import { wakeable } from '@carillon/service-kit/process/wakeable'
import { type CallProgress, recordProgress } from '../store/dial-journal.ts'

/** What happened on one call, and how far the call has come. */
export interface CallEntry {
  /** The execution's or the job's id. */
  readonly laneKey: string
  readonly events: readonly CallEvent[]
  readonly progress: CallProgress
}

/** Commits the events of all calls of this process, in order and without loss. */
export interface CallLog {
  append(entry: CallEntry): void
  /** Events appended and not yet committed. */
  readonly pendingEvents: number
  /** Resolves once nothing is pending, or with `false` after `timeoutMs`. */
  settled(timeoutMs: number): Promise<boolean>
  /** Stops writing. Pending events stay unwritten. */
  stop(): Promise<void>
}

export interface CallLogOptions {
  database: Database
  outbox: OutboxSignal
  logger: Logger
  owner: string
  /** Another bridge has taken the call over. The events of this one are dropped. */
  onFenced(callId: string, laneKey: string): void
  onCommitted(eventCount: number): void
  onFailure(): void
}

/** Between the starts of two commits under load: events that come meanwhile share the next commit. An idle log commits at once. */
const gatherMs = 10
/** Bounds a transaction and its memory. */
const maxEntriesPerCommit = 2_000
const retryMs = 250

/**
 * Writes everything that is pending in one transaction: the outbox and the journal together, so that a bridge that adopts a call knows which
 * of its events were sent. A commit that fails is tried again with the same content. An uncertain commit is safe to retry: its events go out
 * twice, and readers recognize them by their ids.
 */
export function startCallLog({ database, outbox, logger, owner, onFenced, onCommitted, onFailure }: CallLogOptions): CallLog {
  const wake = wakeable()
  let pending: CallEntry[] = []
  let pendingEvents = 0
  let stopped = false
  let whenSettled: (() => void)[] = []

  /** Returns the calls that belong to another bridge by now. */
  async function commit(entries: readonly CallEntry[]): Promise<CallEntry[]> {
    const latest = new Map<string, CallEntry>()
    for (const entry of entries) latest.set(entry.progress.callId, entry)
    const progress = [...latest.values()].map((entry) => entry.progress)
    return database.transaction(async (tx) => {
      const held = await recordProgress(tx, owner, progress)
      const ours = entries.filter((entry) => held.has(entry.progress.callId))
      const messages = ours.flatMap(({ events, laneKey }) => events.map((message) => ({ stream: 'CALLS' as const, laneKey, message })))
      await appendToOutbox(tx, outbox, messages)
      return [...latest.values()].filter((entry) => !held.has(entry.progress.callId))
    })
  }

  async function commitUntilDone(entries: readonly CallEntry[]) {
    while (!stopped) {
      try {
        const fenced = await commit(entries)
        const count = eventsIn(entries)
        pendingEvents -= count
        onCommitted(count)
        for (const { progress, laneKey } of fenced) onFenced(progress.callId, laneKey)
        return
      } catch (error) {
        onFailure()
        logger.warn({ err: error, calls: entries.length }, 'events of calls not committed, trying again')
        await wake.within(retryMs)
      }
    }
  }

  async function run() {
    while (!stopped) {
      if (pending.length === 0) {
        for (const resolve of whenSettled) resolve()
        whenSettled = []
        await wake.within(60_000)
        // Calls that move in the same turn of the event loop share a commit.
        await nextTurn()
        continue
      }
      const startedAtMs = performance.now()
      const entries = pending.slice(0, maxEntriesPerCommit)
      pending = pending.slice(maxEntriesPerCommit)
      await commitUntilDone(entries)
      const restMs = gatherMs - (performance.now() - startedAtMs)
      if (restMs > 0 && pending.length > 0 && pending.length < maxEntriesPerCommit) {
        await new Promise((resolve) => setTimeout(resolve, restMs))
      }
    }
  }

  const running = run()
  return {
    append(entry) {
      if (pending.length === 0) wake.now()
      pending.push(entry)
      pendingEvents += entry.events.length
    },
    get pendingEvents() {
      return pendingEvents
    },
    settled(timeoutMs) {
      if (pendingEvents === 0) return Promise.resolve(true)
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), timeoutMs)
        whenSettled.push(() => {
          clearTimeout(timer)
          resolve(true)
        })
      })
    },
    async stop() {
      stopped = true
      wake.now()
      await running
    },
  }
}

function eventsIn(entries: readonly CallEntry[]): number {
  return entries.reduce((sum, { events }) => sum + events.length, 0)
}
