import type { PartialResult } from '@carillon/call-flow/node-type'
import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import type { OperationResult } from '@carillon/call-flow/operation'

/** What happened on a channel. `atMs` is when it happened, epoch milliseconds by the platform's clock, stamped by the driver. */
export type CarrierEvent = { readonly atMs: number } & (
  | { readonly type: 'originated' }
  | { readonly type: 'ringing' }
  /** `atMs` is when it became known who answered, `pickedUpAtMs` when the call was answered. */
  | { readonly type: 'answered'; readonly pickedUpAtMs: number; readonly answeredBy: AnsweredBy }
  /** An operation is over. */
  | ({ readonly operationId: string } & OperationResult)
  /** The call is over, and with it the operation under way. */
  | ({
      readonly type: 'ended'
      readonly by: 'callee' | 'us' | 'carrier'
      /** As received; null if the carrier gave none. */
      readonly sipStatus: number | null
      readonly q850Cause: number | null
      /** The ring time ran out before anybody answered. */
      readonly ringTimeout: boolean
    } & PartialResult)
)
export type CarrierEventOf<T extends CarrierEvent['type']> = Extract<CarrierEvent, { type: T }>
