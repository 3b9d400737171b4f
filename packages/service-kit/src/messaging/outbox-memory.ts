import type { OutboxRow } from './outbox.ts'

/** Characters that are held at most. What does not fit is read from the database like any other process's row. */
const limit = 16_000_000

/** The outbox rows that this process wrote itself and has not published yet: they need not be read back. */
export class OutboxMemory {
  readonly #rows = new Map<number, string>()
  #size = 0

  keep(rows: readonly OutboxRow[]): void {
    for (const { id, messages } of rows) {
      if (this.#size + messages.length > limit) return
      this.#rows.set(id, messages)
      this.#size += messages.length
    }
  }

  get(id: number): string | undefined {
    return this.#rows.get(id)
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#size -= this.#rows.get(id)?.length ?? 0
      this.#rows.delete(id)
    }
  }

  clear(): void {
    this.#rows.clear()
    this.#size = 0
  }
}
