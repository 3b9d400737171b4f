import type { OutboxRow } from './outbox.ts'

/** Holds outbox rows that this process wrote and has not published yet, so that they need not be read back. */
export interface OutboxMemory {
  keep(rows: readonly OutboxRow[]): void
  /** The row's messages; undefined for a row that is not held: it must be read from the database. */
  get(id: number): string | undefined
  forget(ids: readonly number[]): void
  clear(): void
}

/** @param limit Characters that are held at most. Rows beyond it are not held. */
export function outboxMemory(limit = 16_000_000): OutboxMemory {
  const held = new Map<number, string>()
  let size = 0
  return {
    keep(rows) {
      for (const { id, messages } of rows) {
        if (size + messages.length > limit) return
        held.set(id, messages)
        size += messages.length
      }
    },
    get: (id) => held.get(id),
    forget(ids) {
      for (const id of ids) {
        size -= held.get(id)?.length ?? 0
        held.delete(id)
      }
    },
    clear() {
      held.clear()
      size = 0
    },
  }
}
