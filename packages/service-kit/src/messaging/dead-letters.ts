import type { Database, Tx } from '../postgres/database.ts'
import type { Statements } from '../postgres/statements.ts'

/** A message that was set aside because it cannot be applied. */
export interface DeadLetter {
  projection: string
  lane: number
  /** Where it is in its stream. Not unique: a stream may have been made anew. */
  sequence: number
  /** Its place in the message at that sequence. */
  position: number
  subject: string
  message: string
  error: string
}

export interface StoredLetter extends DeadLetter {
  id: number
  createdAt: Date
  /** Null unless somebody asked for another try. */
  replayRequestedAt: Date | null
}

/** Letters that are tried again in one go. */
const replayLimit = 500

/** Keeps messages. One that is kept already gets the new error; its replay is over. */
export async function addDeadLetters(tx: Pick<Tx, 'sql'> | Pick<Database, 'sql'>, letters: readonly DeadLetter[]): Promise<void> {
  for (const { projection, lane, sequence, position, subject, message, error } of letters) {
    await tx.sql`
      insert into dead_letters (projection, lane, stream_sequence, position, subject, message, error)
      values (${projection}, ${lane}, ${sequence}, ${position}, ${subject}, ${storable(message)}, ${storable(error)})
      on conflict (projection, stream_sequence, position, md5(message)) do update set error = excluded.error, replay_requested_at = null`
  }
}

function storedLetters(sql: Statements) {
  return sql`select id, projection, lane, stream_sequence as "sequence", position, subject, message, error,
      created_at as "createdAt", replay_requested_at as "replayRequestedAt"
    from dead_letters`
}

/** The oldest letters after `afterId`, at most `limit`. */
export function listDeadLetters({ sql }: Pick<Database, 'sql'>, afterId: number, limit: number): Promise<StoredLetter[]> {
  return sql<StoredLetter[]>`${storedLetters(sql)} where id > ${afterId} order by id limit ${limit}`
}

export async function findDeadLetter({ sql }: Pick<Database, 'sql'>, id: number): Promise<StoredLetter | undefined> {
  const [letter] = await sql<StoredLetter[]>`${storedLetters(sql)} where id = ${id}`
  return letter
}

/**
 * Asks for another try of these letters, or of all. The process that may apply them, such as the reader of their lane, does so within seconds, and
 * deletes those that succeed. Returns how many were asked for.
 */
export async function requestReplay({ sql }: Pick<Database, 'sql'>, ids: readonly number[] | 'all'): Promise<number> {
  const { count } =
    ids === 'all'
      ? await sql`update dead_letters set replay_requested_at = clock_timestamp() where replay_requested_at is null`
      : await sql`update dead_letters set replay_requested_at = clock_timestamp() where id = any(${ids}::bigint[])`
  return count
}

/** The lanes that have letters of a projection to be tried again. */
export async function lanesToReplay({ sql }: Pick<Database, 'sql'>, projection: string): Promise<number[]> {
  const rows = await sql<{ lane: number }[]>`
    select distinct lane from dead_letters where projection = ${projection} and replay_requested_at is not null`
  return rows.map(({ lane }) => lane)
}

/** The oldest letters that are to be tried again, of one lane or of all. */
export function lettersToReplay({ sql }: Pick<Database, 'sql'>, projection: string, lane: number | null = null): Promise<StoredLetter[]> {
  return sql<StoredLetter[]>`
    ${storedLetters(sql)}
    where projection = ${projection} and replay_requested_at is not null and (${lane}::integer is null or lane = ${lane}::integer)
    order by id limit ${replayLimit}`
}

/** Returns false if it was deleted already. */
export async function deleteDeadLetter({ sql }: Pick<Tx, 'sql'>, id: number): Promise<boolean> {
  const { count } = await sql`delete from dead_letters where id = ${id}`
  return count === 1
}

/** `<prefix>.<lane>.<type>`; -1 for a subject of another form. */
export function laneInSubject(subject: string): number {
  const lane = Number(subject.split('.')[1])
  return Number.isInteger(lane) && lane >= 0 && lane < 32_768 ? lane : -1
}

/** Postgres stores no NUL in a text. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
