import type { Variables } from './variable.ts'

/** How a call went that nobody answered. */
export type UnansweredOutcome = 'no_answer' | 'busy' | 'rejected' | 'failed'

/** Why a flow ended: a stable name. The unanswered outcomes stand for a call that nobody answered. */
export type FlowEndReason = 'finished' | 'callee_hung_up' | 'stopped' | 'media_failed' | 'carrier_failed' | 'node_limit' | UnansweredOutcome

export interface FlowEnd {
  readonly flowOutcome: 'completed' | 'failed' | 'abandoned'
  readonly reason: FlowEndReason
  /** The carrier's or the hangup node's own words for it. */
  readonly detail?: string
  readonly finalVariables: Variables
  readonly nodeExecutionCount: number
  readonly endedAtMs: number
}
