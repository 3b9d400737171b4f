import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { every } from '@carillon/service-kit/process/every'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import pLimit from 'p-limit'
import { stagingLost } from '../domain/launch.ts'
import { type ContactRows, contactRows } from '../store/contact-intake.ts'
import { growStaging } from '../store/stagings.ts'

/** Characters of rows in one transaction: some 20,000 contacts. */
const batchLength = 4_000_000
/** Batches that one process writes at once, whatever it launches: most connections stay with the lanes. */
const writing = pLimit(2)
const aliveEveryMs = 10_000

interface StagedContacts {
  executionId: string
  /** When the contacts are first due. */
  dueAtMs: number
  /** The zone of a number: contacts of one zone may be called at the same hours. */
  zoneOf(phone: string): string
}

/**
 * Copies the contacts of a launch while they arrive, each batch in a short transaction of its own; memory holds one batch. No connection is held while
 * the next contacts are waited for. Returns their zones. Throws a `ServiceUnavailableError` if the staging was abandoned meanwhile.
 *
 * @param read reads the audience until the signal aborts.
 */
export async function stageContacts(
  { database, logger, watchdog }: Pick<ServiceDeps, 'database' | 'logger' | 'watchdog'>,
  { executionId, dueAtMs, zoneOf }: StagedContacts,
  read: (signal: AbortSignal) => AsyncIterable<SnapshotContact[]>,
  ending: AbortSignal,
): Promise<string[]> {
  const lost = new AbortController()
  const zones = new Set<string>()
  async function work(): Promise<void> {
    if (!(await growStaging(database, executionId, 0))) lost.abort()
  }
  const alive = every({ name: 'keep a staging alive', intervalMs: aliveEveryMs, work }, { logger, watchdog })

  async function write(rows: ContactRows): Promise<void> {
    if (rows.count === 0) return
    await writing(async () => {
      ending.throwIfAborted()
      await database.transaction(async (tx) => {
        if (!(await growStaging(tx, executionId, rows.count))) throw stagingLost()
        await rows.copy(tx)
      })
    })
  }

  try {
    let rows = contactRows(executionId, dueAtMs)
    for await (const contacts of read(AbortSignal.any([ending, lost.signal]))) {
      for (const contact of contacts) {
        const zone = zoneOf(contact.phone)
        zones.add(zone)
        rows.add(contact, zone)
        if (rows.length < batchLength) continue
        await write(rows)
        rows = contactRows(executionId, dueAtMs)
      }
    }
    await write(rows)
    return [...zones]
  } finally {
    await alive.stop()
  }
}
