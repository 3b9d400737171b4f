import type { Database } from '@carillon/service-kit/postgres/database'

/** An order that nothing can be done with. */
export interface DeadOrder {
  readonly subject: string
  readonly sequence: number
  readonly data: Uint8Array
  readonly error: string
}

const lenient = new TextDecoder()

/** Keeps orders that cannot be carried out, with the reason. One that comes twice is kept once. */
export async function insertDeadOrders(database: Database, orders: readonly DeadOrder[]): Promise<void> {
  await database.sql`
    insert into dead_letters (projection, lane, stream_sequence, subject, message, error)
    select 'dial-orders', letter.lane, letter.stream_sequence, letter.subject, letter.message, letter.error
    from unnest(
      ${orders.map(({ subject }) => laneIn(subject))}::smallint[],
      ${orders.map(({ sequence }) => sequence)}::bigint[],
      ${orders.map(({ subject }) => subject)}::text[],
      ${orders.map(({ data }) => storable(lenient.decode(data)))}::text[],
      ${orders.map(({ error }) => storable(error))}::text[]
    ) as letter (lane, stream_sequence, subject, message, error)
    on conflict (projection, stream_sequence) do nothing`
}

/** `dial.<lane>.dial`; -1 where the subject is of another form. */
function laneIn(subject: string): number {
  const lane = Number(subject.split('.')[1])
  return Number.isInteger(lane) && lane >= 0 && lane < 32_768 ? lane : -1
}

/** Postgres stores no NUL in a text. */
function storable(text: string): string {
  return text.replaceAll('\0', '�')
}
