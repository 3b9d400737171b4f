import type { CallEnded, CallEvent } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { callEnded, callStarted } from './call-event.ts'
import { callVariables } from './call-variables.ts'

/** A call of a dead bridge, as the journal has it. Instants are epoch milliseconds. */
export interface OrphanedCall {
  readonly order: DialOrder
  /** 0: nothing was told about the call. Its bridge may have asked the carrier all the same. */
  readonly lastSeq: number
  readonly startedAtMs: number
  readonly lastEventAtMs: number
  readonly dialedAtMs: number | null
  readonly answeredAtMs: number | null
  readonly dialNodeId: string | null
  readonly executedNodes: number
  /** The last heartbeat of its bridge; null if none is known. */
  readonly lastHeartbeatAtMs: number | null
}

/** The last events of a call whose bridge died. */
export function lostCallEvents(call: OrphanedCall): CallEvent[] {
  if (call.lastSeq > 0) return [lostCallEnded(call)]
  return [callStarted(call.order, call.startedAtMs), lostCallEnded({ ...call, lastSeq: 1 })]
}

/**
 * The end of a call whose bridge died. A call that had been answered lasted, and is billed, up to the last heartbeat of its bridge. It is never
 * redialed: the orchestrator decides about another attempt.
 */
export function lostCallEnded(call: OrphanedCall): CallEnded {
  const endedAtMs = Math.max(call.lastHeartbeatAtMs ?? 0, call.lastEventAtMs)
  return callEnded(call.order, call.lastSeq + 1, {
    outcome: 'failed',
    outcomeReason: 'lost',
    flowOutcome: 'failed',
    retryPointless: false,
    q850Cause: null,
    sipStatus: null,
    endedAtMs,
    dialedAtMs: call.dialedAtMs,
    answeredAtMs: call.answeredAtMs,
    dialNodeId: call.dialNodeId,
    finalVariables: callVariables(call.order),
    nodeExecutionCount: call.executedNodes,
    flowStartedAtMs: call.startedAtMs,
    flowCompletedAtMs: endedAtMs,
  })
}

/** The end of a call whose flow cannot run: the carrier is not asked. A flow version never changes, so a retry is pointless. */
export function unrunnableCallEnded(order: DialOrder, startedAtMs: number, reason: string): CallEnded {
  return callEnded(order, 2, {
    outcome: 'failed',
    outcomeReason: reason,
    flowOutcome: 'failed',
    retryPointless: true,
    q850Cause: null,
    sipStatus: null,
    endedAtMs: startedAtMs,
    dialedAtMs: null,
    answeredAtMs: null,
    dialNodeId: null,
    finalVariables: callVariables(order),
    nodeExecutionCount: 0,
    flowStartedAtMs: null,
    flowCompletedAtMs: null,
  })
}
