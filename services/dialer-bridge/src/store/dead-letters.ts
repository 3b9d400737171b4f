import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database } from '@carillon/service-kit/postgres/database'
import { deadLetters } from './schema.ts'

/** An order that nothing can be done with. */
export interface DeadOrder {
  readonly subject: string
  readonly sequence: number
  readonly data: Uint8Array
  readonly error: string
}

const lenient = new TextDecoder()

/** Keeps orders that cannot be carried out, with the reason. An order that comes twice is kept once. */
export async function insertDeadOrders(database: Database, orders: readonly DeadOrder[]): Promise<void> {
  const rows = orders.map(({ subject, sequence, data, error }) => ({
    projection: 'dial-orders',
    lane: laneIn(subject),
    streamSequence: sequence,
    subject,
    message: storable(lenient.decode(data)),
    error: storable(error),
  }))
  await insertRows(database, deadLetters, rows, { onConflict: { key: ['projection', 'streamSequence'] } })
}

/** `dial.<lane>.dial`; -1 for a subject of another form. */
function laneIn(subject: string): number {
  const lane = Number(subject.split('.')[1])
  return Number.isInteger(lane) && lane >= 0 && lane < 32_768 ? lane : -1
}

/** Postgres stores no NUL in a text. */
function storable(text: string): string {
  return text.replaceAll('\0', '�')
}
