import { pino } from 'pino'
import type { Database } from '../../src/postgres/database.ts'
import { startLeases } from '../../src/postgres/leases.ts'

export const leaseItems = [0, 1, 2, 3, 4, 5]
export const leaseTtlMs = 600

/** A replica that shares {@link leaseItems} with the others of its group. */
export function leaseHolder(database: Database, holder: string, group = 'group', ttlMs = leaseTtlMs) {
  const held = new Set<number>()
  const lost: number[] = []
  const leases = startLeases({
    database,
    logger: pino({ level: 'silent' }),
    group,
    items: leaseItems,
    holder,
    ttlMs,
    onAcquired: (item) => void held.add(item),
    async onLost(item) {
      held.delete(item)
      lost.push(item)
    },
  })
  return { ...leases, lost, held: () => [...held].sort() }
}

export type LeaseHolder = ReturnType<typeof leaseHolder>
