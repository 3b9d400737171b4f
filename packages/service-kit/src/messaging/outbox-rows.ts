import type { Database } from '../postgres/database.ts'
import { LeadershipLostError } from '../postgres/leadership.ts'
import { addDeadLetters, laneInSubject } from './dead-letters.ts'
import type { OutboxRow } from './outbox.ts'
import type { OutboxMemory } from './outbox-memory.ts'
import { rewindMs } from './stream-position.ts'
import type { StreamPosition } from './stream-tail.ts'

/** Name of the lease under which one process per service relays the outbox. */
export const outboxLease = 'outbox-relay'
/** What the outbox cannot send is kept among the dead letters of this name. */
export const outboxLetters = 'outbox'

/** Rows that are published together. */
const batchRows = 32
/** How long a published row is kept in case the stream loses it. Readers read this much of a stream again after a loss. */
const keepSeconds = rewindMs / 1000

/** A row whose messages were all acknowledged, and where the last of them is. */
export interface Acknowledged extends StreamPosition {
  id: number
}

export interface UnsendableMessage {
  rowId: number
  /** Its place in the row. */
  position: number
  subject: string
  payload: string
  error: string
}

export function outboxRows(database: Database) {
  return {
    /** The next rows to publish, in order. */
    async next(memory: OutboxMemory): Promise<OutboxRow[]> {
      const found = await database.sql<{ id: number; stream: string }[]>`
        select id, stream from outbox where published_at is null order by id limit ${batchRows}`
      const texts = new Map(found.map(({ id }) => [id, memory.get(id)]))
      const missing = found.map(({ id }) => id).filter((id) => texts.get(id) === undefined)
      if (missing.length > 0) {
        const read = await database.sql<{ id: number; messages: string }[]>`
          select id, messages from outbox where id = any(${missing}::bigint[])`
        for (const { id, messages } of read) texts.set(id, messages)
      }
      return found.flatMap(({ id, stream }) => {
        const messages = texts.get(id)
        return messages === undefined ? [] : [{ id, stream, messages }]
      })
    },

    /** Where the last acknowledged message of each stream was stored, among the rows that are kept. */
    async tails(): Promise<Map<string, StreamPosition>> {
      const rows = await database.sql<{ stream: string; sequence: number; message_id: string }[]>`
        select distinct on (stream) stream, last_sequence as sequence, last_message_id as message_id from outbox
        where published_at is not null and last_message_id is not null order by stream, last_sequence desc`
      return new Map(rows.map(({ stream, sequence, message_id }) => [stream, { sequence, messageId: message_id }]))
    },

    /**
     * Marks rows as published. Throws a {@link LeadershipLostError} and marks none if the term has ended: what was acknowledged to a former leader
     * may have been lost, found missing and marked by the next one meanwhile.
     */
    async markPublished(term: string, rows: readonly Acknowledged[]): Promise<void> {
      const { count } = await database.sql`
        with term as materialized (
          select 1 from leases where name = ${outboxLease} and holder = ${term} and expires_at > clock_timestamp() for share
        )
        update outbox set published_at = clock_timestamp(), last_sequence = marked.last_sequence, last_message_id = marked.last_message_id
        from unnest(
          ${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ sequence }) => sequence)}::bigint[], ${rows.map(({ messageId }) => messageId)}::text[]
        ) as marked (id, last_sequence, last_message_id)
        where outbox.id = marked.id and exists (select from term)`
      if (count === 0) throw new LeadershipLostError('the outbox is relayed by another process')
    },

    /** Marks every row of a stream that is kept as not published. Returns how many. */
    async publishAgain(term: string, stream: string): Promise<number> {
      const { count } = await database.sql`
        with term as materialized (
          select 1 from leases where name = ${outboxLease} and holder = ${term} and expires_at > clock_timestamp() for share
        )
        update outbox set published_at = null, last_sequence = null, last_message_id = null
        where stream = ${stream} and published_at is not null and exists (select from term)`
      return count
    },

    async deleteOld(): Promise<void> {
      await database.sql`delete from outbox where published_at < clock_timestamp() - make_interval(secs => ${keepSeconds})`
    },

    /** Age of the oldest row that is not published; 0 if there is none. */
    async oldestUnpublishedSeconds(): Promise<number> {
      const [row] = await database.sql<{ age: number | null }[]>`
        select extract(epoch from clock_timestamp() - min(created_at))::float8 as age from outbox where published_at is null`
      return row?.age ?? 0
    },

    /** Moves messages of a row to the dead letters, and leaves the others to be published. */
    async setAside({ id, messages }: OutboxRow, unsendable: readonly UnsendableMessage[]): Promise<void> {
      const positions = new Set(unsendable.map(({ position }) => position))
      const rest = messages.split('\n').filter((_, position) => !positions.has(position))
      await database.transaction(async (tx) => {
        // Nothing is changed if a former leader's twin of this has changed the row.
        const isAsRead = tx.sql`id = ${id} and published_at is null and message_count = ${messages.split('\n').length}`
        const { count } =
          rest.length === 0
            ? await tx.sql`delete from outbox where ${isAsRead}`
            : await tx.sql`update outbox set messages = ${rest.join('\n')}, message_count = ${rest.length} where ${isAsRead}`
        if (count === 0) return
        await addDeadLetters(
          tx,
          unsendable.map(({ rowId, position, subject, payload, error }) => {
            return { projection: outboxLetters, lane: laneInSubject(subject), sequence: rowId, position, subject, message: payload, error }
          }),
        )
      })
    },
  }
}
