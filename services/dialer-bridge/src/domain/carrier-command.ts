import type { Operation } from '@carillon/call-flow/operation'

/** What the carrier is to be asked: for the call, for an operation on its line, or for its end. */
export type CarrierCommand =
  | ({ readonly type: 'originate' } & OriginateRequest)
  | Operation
  | { readonly type: 'hangup'; readonly reason: string }

export interface OriginateRequest {
  /** The call id: a bridge that adopts the call finds its channel by it. */
  readonly channelId: string
  readonly from: string
  readonly to: string
  readonly attempt: number
  /** In test mode: it is for the simulated carrier. */
  readonly isTest: boolean
  /** How long it may ring. */
  readonly timeoutMs: number
  /** Whether to find out who answered before `answered` is reported. */
  readonly amd: boolean
  /** When the call began, epoch milliseconds: none of its events may be stamped earlier. */
  readonly requestedAtMs: number
}
