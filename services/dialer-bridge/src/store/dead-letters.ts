import { addDeadLetters, laneInSubject } from '@carillon/service-kit/messaging/dead-letters'
import type { Database } from '@carillon/service-kit/postgres/database'

/** The name under which dead orders stand among the dead letters. */
export const deadOrderLetters = 'dial-orders'

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
  const letters = orders.map(({ subject, sequence, data, error }) => {
    return {
      projection: deadOrderLetters,
      lane: laneInSubject(subject),
      sequence,
      position: 0,
      subject,
      message: lenient.decode(data),
      error,
    }
  })
  await addDeadLetters(database, letters)
}
