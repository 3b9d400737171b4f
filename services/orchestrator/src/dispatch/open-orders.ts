import { orderValidityMs } from '../domain/pacing.ts'

/** How long after its end an order may still be answered by its call's events, in real milliseconds. */
const graceMs = 30_000

/**
 * The orders of an execution of which nothing was heard yet. An order is answered in any case, `call.not_dialed` if it came too late: one that is
 * not was lost on its way, and is sent again. Instants are epoch milliseconds of the platform's clock.
 */
export class OpenOrders {
  readonly #notAfterMs = new Map<string, number>()
  readonly #speed: number
  /** By then every order that was made before this lane was ours is overdue. */
  #earlierOverdueAtMs: number

  constructor(nowMs: number, speed: number) {
    this.#speed = speed
    this.#earlierOverdueAtMs = nowMs + (orderValidityMs + graceMs) * speed
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
    return Math.min(this.#earlierOverdueAtMs, oldest === undefined ? Infinity : oldest + graceMs * this.#speed)
  }

  /** Orders that ended at or before this instant are overdue. */
  overdueBefore(nowMs: number): number {
    return nowMs - graceMs * this.#speed
  }

  /** The overdue ones, all of them where `complete`, were sent again: they have as long as new ones to be answered. */
  sentAgain(callIds: readonly string[], complete: boolean, nowMs: number): void {
    for (const callId of callIds) {
      this.#notAfterMs.delete(callId)
      this.#notAfterMs.set(callId, nowMs + orderValidityMs * this.#speed)
    }
    if (!complete) return
    this.#earlierOverdueAtMs = Infinity
    // What is overdue here and was not found there has been answered by an event that this lane did not see.
    for (const [callId, notAfterMs] of this.#notAfterMs) {
      if (notAfterMs <= this.overdueBefore(nowMs)) this.#notAfterMs.delete(callId)
    }
  }
}
