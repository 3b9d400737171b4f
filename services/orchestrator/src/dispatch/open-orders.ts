/**
 * The orders of an execution that were not answered yet. Every order is answered, with `call.not_dialed` if it came too late. An order
 * that is unanswered for a validity after its end was lost on its way, and is sent again. Instants are epoch milliseconds of the platform's clock.
 */
export interface OpenOrders {
  made(callId: string, notAfterMs: number): void
  answered(callId: string): void
  /** When the next order is overdue, if it is not answered before. */
  overdueAtMs(): number
  /** Orders that ended at or before this instant are overdue. */
  overdueBefore(nowMs: number): number
  /** These orders, all overdue ones where `isComplete`, were sent again. They have as long as new ones to be answered. */
  sentAgain(callIds: readonly string[], isComplete: boolean, nowMs: number): void
}

/** @param validityMs how long an order may be dialed, and how long after that its answer may take. */
export function openOrders(startedAtMs: number, validityMs: number): OpenOrders {
  const notAfterByCall = new Map<string, number>()
  // By then every order that another replica made before this lane came here is overdue.
  let earlierOverdueAtMs = startedAtMs + 2 * validityMs
  const overdueBefore = (nowMs: number) => nowMs - validityMs

  return {
    made(callId, notAfterMs) {
      notAfterByCall.set(callId, notAfterMs)
    },
    answered(callId) {
      notAfterByCall.delete(callId)
    },
    overdueAtMs() {
      // A map keeps the order of insertion, so the first order is the oldest.
      const [oldest] = notAfterByCall.values()
      return Math.min(earlierOverdueAtMs, oldest === undefined ? Infinity : oldest + validityMs)
    },
    overdueBefore,
    sentAgain(callIds, isComplete, nowMs) {
      for (const callId of callIds) {
        notAfterByCall.delete(callId)
        notAfterByCall.set(callId, nowMs + validityMs)
      }
      if (!isComplete) return
      earlierOverdueAtMs = Infinity
      // An order that is overdue here, but not in the table, was answered by an event that this lane did not see.
      for (const [callId, notAfterMs] of notAfterByCall) {
        if (notAfterMs <= overdueBefore(nowMs)) notAfterByCall.delete(callId)
      }
    },
  }
}
