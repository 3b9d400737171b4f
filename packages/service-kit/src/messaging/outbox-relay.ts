import type { NatsConnection } from 'nats'
import type { Database } from '../postgres/database.ts'
import { type Leadership, LeadershipLostError, underLeadership } from '../postgres/leadership.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { wakeable } from '../process/wakeable.ts'
import { connectionKey, onReconnect } from './nats.ts'
import type { OutboxSignal } from './outbox.ts'
import { outboxMemory } from './outbox-memory.ts'
import { type ParsedRow, parseRow, unsendableIn } from './outbox-row-text.ts'
import { type Acknowledged, outboxLease, outboxLetters, outboxRows } from './outbox-rows.ts'
import { republishLetters } from './republish.ts'
import { streamPublisher } from './stream-publisher.ts'
import { type StreamPosition, tailState } from './stream-tail.ts'

export interface OutboxRelay extends OutboxSignal {
  /** Throws while this process should publish and cannot. */
  ready(): void
  stop(): Promise<void>
}

interface Options {
  database: Database
  connection: NatsConnection
  logger: Logger
  metrics: Metrics
  leaseTtlMs: number
}

const pollMs = 100
const lookEveryMs = 5_000
const retryMs = 500
/** Publishing that has failed for so long is an alarm, and the service is not ready. */
const alarmAfterMs = 10_000
const alarmEveryMs = 30_000

/**
 * Publishes the rows of the outbox in order. A row is marked as published when all its messages are acknowledged. One process per service does this
 * at a time, under a lease.
 *
 * An acknowledged message may not be on the server's disk yet. The relay looks whether the last acknowledged message of each stream is still there:
 * before it publishes on a new connection, every few seconds, and before it marks anything newer. If it is not, the relay publishes again what the
 * outbox holds of that stream.
 */
export function startOutboxRelay({ database, connection, logger, metrics, leaseTtlMs }: Options): OutboxRelay {
  const publisher = streamPublisher(connection)
  const rows = outboxRows(database)
  const wake = wakeable()
  const memory = outboxMemory()
  let leading = false
  let failingSinceMs: number | undefined
  let alarmDueMs = 0

  void onReconnect(connection, () => wake.now())

  async function lead(leadership: Leadership): Promise<void> {
    const onEnd = () => wake.now()
    leadership.ended.addEventListener('abort', onEnd)
    leading = true
    const relay = term(leadership)
    while (leadership.isHeld()) {
      try {
        await relay.lookIfDue()
        if (!(await relay.publishNext())) await wake.within(pollMs)
        failingSinceMs = undefined
        metrics.outboxFailing.set(0)
      } catch (error) {
        if (error instanceof LeadershipLostError || !leadership.isHeld()) break
        relay.mustLook()
        failed(error)
        await wake.within(retryMs)
      }
      leadership.progressed()
    }
    leading = false
    failingSinceMs = undefined
    metrics.outboxFailing.set(0)
    memory.clear()
  }

  function failed(error: unknown) {
    const nowMs = performance.now()
    failingSinceMs ??= nowMs
    metrics.outboxFailures.inc()
    const failingForMs = Math.round(nowMs - failingSinceMs)
    if (failingForMs < alarmAfterMs) return logger.warn({ err: error }, 'publishing the outbox failed, trying again')
    metrics.outboxFailing.set(1)
    if (nowMs < alarmDueMs) return
    alarmDueMs = nowMs + alarmEveryMs
    logger.error({ err: error, failingForMs }, 'the outbox cannot be published: no message of this service reaches the others')
  }

  /** What one term as the leader knows. */
  function term(leadership: Leadership) {
    let tails: Map<string, StreamPosition> | undefined
    let lookedOn: string | undefined
    let lookDueMs = 0

    /** Whether the stream still holds what it acknowledged. If not, what the outbox holds of it is to be published again. */
    async function isIntact(stream: string, tail: StreamPosition): Promise<boolean> {
      if ((await tailState(connection, stream, tail)) !== 'lost') return true
      leadership.assertHeld()
      const count = await rows.publishAgain(leadership.term, stream)
      tails?.delete(stream)
      metrics.outboxLosses.inc()
      logger.error(
        { stream, acknowledged: tail, rows: count },
        'the stream lost acknowledged messages: publishing again what the outbox holds',
      )
      return false
    }

    async function look() {
      const key = connectionKey(connection)
      tails ??= await rows.tails()
      for (const [stream, tail] of [...tails]) await isIntact(stream, tail)
      lookedOn = key
      lookDueMs = performance.now() + lookEveryMs
      await rows.deleteOld()
      await republishLetters(database, outboxLetters, logger)
      metrics.outboxOldestSeconds.set(await rows.oldestUnpublishedSeconds())
    }

    async function setUnsendableAside(parsed: readonly ParsedRow[]): Promise<boolean> {
      let found = false
      for (const { row, messages } of parsed) {
        const unsendable = unsendableIn(row.id, messages, connection.info?.max_payload)
        if (unsendable.length === 0) continue
        found = true
        await rows.setAside(row, unsendable)
        memory.forget([row.id])
        metrics.outboxUnsendable.inc(unsendable.length)
        for (const { subject, error } of unsendable)
          logger.error({ row: row.id, subject, reason: error }, 'message stored as a dead letter')
      }
      return found
    }

    return {
      mustLook() {
        lookedOn = undefined
        tails = undefined // it is uncertain what was marked
      },
      async lookIfDue() {
        if (lookedOn !== connectionKey(connection) || performance.now() >= lookDueMs) await look()
      },
      /** Returns false if there is nothing to publish. */
      async publishNext(): Promise<boolean> {
        const parsed = (await rows.next(memory)).map(parseRow)
        if (parsed.length === 0) return false
        if (await setUnsendableAside(parsed)) return true
        const sequences = await publisher.publish(
          parsed.flatMap(({ messages }) => messages),
          () => {
            leadership.assertHeld()
            leadership.progressed()
          },
        )
        const { marked, newTails } = acknowledge(parsed, sequences)
        // Whatever happened to the connection or the server meanwhile: the loss of anything older must not be hidden by what is newer.
        for (const stream of newTails.keys()) {
          const tail = tails?.get(stream)
          if (tail && !(await isIntact(stream, tail))) return true
        }
        leadership.assertHeld()
        await rows.markPublished(leadership.term, marked)
        for (const [stream, tail] of newTails) tails?.set(stream, tail)
        metrics.outboxPublished.inc(sequences.length)
        memory.forget(marked.map(({ id }) => id))
        return true
      },
    }
  }

  const stop = underLeadership({ database, logger, name: outboxLease, ttlMs: leaseTtlMs, work: lead })
  return {
    committed(committedRows) {
      if (leading) memory.keep(committedRows)
      wake.now()
    },
    ready() {
      if (failingSinceMs !== undefined && performance.now() - failingSinceMs >= alarmAfterMs)
        throw new Error('the outbox cannot be published')
    },
    async stop() {
      await stop()
      publisher.close()
    },
  }
}

/** Where the last message of each row, and of each stream, was stored. */
function acknowledge(parsed: readonly ParsedRow[], sequences: readonly number[]) {
  const marked: Acknowledged[] = []
  const newTails = new Map<string, StreamPosition>()
  let next = 0
  for (const { row, messages } of parsed) {
    let last: StreamPosition = { sequence: 0, messageId: '' }
    for (const { id } of messages) {
      const sequence = sequences[next++] ?? 0
      // A message that was published before is acknowledged with the sequence that it had then.
      if (sequence > last.sequence) last = { sequence, messageId: id }
    }
    marked.push({ id: row.id, ...last })
    if (last.sequence > (newTails.get(row.stream)?.sequence ?? 0)) newTails.set(row.stream, last)
  }
  return { marked, newTails }
}
