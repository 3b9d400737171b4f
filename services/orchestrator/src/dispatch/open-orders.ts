/**
 * The orders of an execution of which nothing was heard yet. An order is answered in any case, `call.not_dialed` if it came too late: one that is
 * not, for as long after its end as it could be dialed before, was lost on its way and is sent again. Instants are epoch milliseconds of the platform's clock.
 */
export class OpenOrders {
  readonly #notAfterMs = new Map<string, number>()
  /** How long an order may be dialed, and how long after that it may take to be answered. */
  readonly #validityMs: number
  /** By then every order that was made before this lane was ours is overdue. */
  #earlierOverdueAtMs: number

  constructor(nowMs: number, validityMs: number) {
    this.#validityMs = validityMs
    this.#earlierOverdueAtMs = nowMs + 2 * validityMs
  }

  made(callId: string, notAfterMs: number): void {
    this.#notAfterMs.set(callId, notAfterMs)
  }

  answered(callId: string): void {
    this.#notAfterMs.delete(callId)
  }

  /** When the next order is overdue, if it is not answered before. */
  get overdueAtMs(): number {
    // Orders are made one after the other, so the first is the oldest.
    const [oldest] = this.#notAfterMs.values()
    return Math.min(this.#earlierOverdueAtMs, oldest === undefined ? Infinity : oldest + this.#validityMs)
  }

  /** Orders that ended at or before this instant are overdue. */
  overdueBefore(nowMs: number): number {
    return nowMs - this.#validityMs
  }

  /** The overdue ones, all of them where `complete`, were sent again: they have as long as new ones to be answered. */
  sentAgain(callIds: readonly string[], complete: boolean, nowMs: number): void {
    for (const callId of callIds) {
      this.#notAfterMs.delete(callId)
      this.#notAfterMs.set(callId, nowMs + this.#validityMs)
    }
    if (!complete) return
    this.#earlierOverdueAtMs = Infinity
    // What is overdue here and was not found there has been answered by an event that this lane did not see.
    for (const [callId, notAfterMs] of this.#notAfterMs) {
      if (notAfterMs <= this.overdueBefore(nowMs)) this.#notAfterMs.delete(callId)
    }
  }
}
