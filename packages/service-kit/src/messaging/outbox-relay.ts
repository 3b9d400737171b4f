import type { NatsConnection } from 'nats'
import { underAdvisoryLock } from '../postgres/advisory-lock.ts'
import type { Database } from '../postgres/database.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { wakeable } from '../process/wakeable.ts'
import { onReconnect } from './nats.ts'
import type { OutboxRow, OutboxSignal } from './outbox.ts'
import { outboxMemory } from './outbox-memory.ts'
import { rewindMs } from './stream-position.ts'
import { type OutgoingMessage, streamPublisher } from './stream-publisher.ts'

export interface OutboxRelay extends OutboxSignal {
  stop(): Promise<void>
}

interface Options {
  database: Database
  connection: NatsConnection
  logger: Logger
  metrics: Metrics
}

/** Rows that are published together. */
const batchRows = 32
const pollMs = 100
const tailCheckMs = 5_000
/** How long a published row is kept in case the stream loses it. Readers read this much of a stream again after a loss. */
const keepSeconds = rewindMs / 1000

/**
 * Publishes the rows of the outbox in order. A row is marked as published when all its messages are acknowledged. One process per service does this
 * at a time: it holds an advisory lock, which ends with its connection.
 *
 * An acknowledged message may not be on the server's disk yet. So at each reconnect and every few seconds the relay compares what was acknowledged with
 * the end of the stream, and publishes again what the stream has lost.
 */
export function startOutboxRelay({ database, connection, logger, metrics }: Options): OutboxRelay {
  const publisher = streamPublisher(connection)
  const wake = wakeable()
  const memory = outboxMemory()
  let leading = false
  let tailCheckDue = 0

  void onReconnect(connection, () => {
    tailCheckDue = 0
    wake.now()
  })

  async function nextRows(): Promise<OutboxRow[]> {
    const found = await database.sql<{ id: number }[]>`
      select id from outbox where published_at is null order by id limit ${batchRows}`
    const texts = new Map(found.map(({ id }) => [id, memory.get(id)]))
    const missing = found.map(({ id }) => id).filter((id) => texts.get(id) === undefined)
    if (missing.length > 0) {
      const read = await database.sql<OutboxRow[]>`select id, messages from outbox where id = any(${missing}::bigint[])`
      for (const { id, messages } of read) texts.set(id, messages)
    }
    return found.flatMap(({ id }) => {
      const messages = texts.get(id)
      return messages === undefined ? [] : [{ id, messages }]
    })
  }

  async function publishNext(): Promise<boolean> {
    const rows = await nextRows()
    if (rows.length === 0) return false
    const ids = rows.map((row) => row.id)
    const batches = rows.map((row) => parseRow(row.messages))
    const sequences = await publisher.publish(batches.flat())
    let position = 0
    const last = batches.map((batch) => {
      const end = position + batch.length
      const highest = Math.max(...sequences.slice(position, end))
      position = end
      return highest
    })
    await database.sql`
      update outbox set published_at = clock_timestamp(), last_sequence = marked.last_sequence
      from unnest(${ids}::bigint[], ${last}::bigint[]) as marked (id, last_sequence)
      where outbox.id = marked.id`
    metrics.outboxPublished.inc(position)
    memory.forget(ids)
    return true
  }

  /** Marks rows as unpublished that a stream acknowledged and has lost. Deletes rows that were published long ago. */
  async function checkTails(): Promise<void> {
    const tails = await database.sql<{ stream: string; last: number }[]>`
      select stream, max(last_sequence) as last from outbox where published_at is not null group by stream`
    const manager = await connection.jetstreamManager()
    for (const tail of tails) {
      const { state } = await manager.streams.info(tail.stream)
      if (state.last_seq >= tail.last) continue
      const again = await database.sql`
        update outbox set published_at = null, last_sequence = null
        where stream = ${tail.stream} and published_at is not null and last_sequence > ${state.last_seq}`
      logger.warn(
        { stream: tail.stream, acknowledged: tail.last, found: state.last_seq, rows: again.count },
        'the stream lost its last messages: publishing them again',
      )
    }
    await database.sql`delete from outbox where published_at < clock_timestamp() - make_interval(secs => ${keepSeconds})`
  }

  async function lead(lost: AbortSignal): Promise<void> {
    lost.addEventListener('abort', () => {
      leading = false
      memory.clear()
      wake.now()
    })
    leading = true
    while (!lost.aborted) {
      try {
        if (Date.now() >= tailCheckDue) {
          await checkTails()
          tailCheckDue = Date.now() + tailCheckMs
        }
        if (!(await publishNext())) await wake.within(pollMs)
      } catch (error) {
        if (lost.aborted) return
        logger.warn({ err: error }, 'publishing the outbox failed, trying again')
        metrics.outboxFailures.inc()
        await wake.within(500)
      }
    }
  }

  const stop = underAdvisoryLock({ database, logger, name: 'outbox-relay', work: lead })
  return {
    committed(rows) {
      if (leading) memory.keep(rows)
      wake.now()
    },
    async stop() {
      await stop()
      publisher.close()
    },
  }
}

function parseRow(messages: string): OutgoingMessage[] {
  return messages.split('\n').map((line) => {
    const [subject = '', id = '', payload = ''] = line.split('\t', 3)
    return { subject, id, payload }
  })
}
