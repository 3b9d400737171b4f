import { type Static, Type } from '@sinclair/typebox'
import { message } from './envelope.ts'
import { Nullable } from './scalars.ts'

/** Micro-credits: a safe integer, up to nine billion credits. */
const Micros = Type.Integer({ minimum: 0 })

export const RateUnit = Type.Union([Type.Literal('second'), Type.Literal('minute'), Type.Literal('flat')])
export type RateUnit = Static<typeof RateUnit>

/** A node of a call and what it cost. Node types without a rate are not listed. */
export const RatedNode = Type.Object({
  nodeId: Type.String(),
  nodeType: Type.String(),
  nodeExecutionIndex: Type.Integer(),
  durationMs: Nullable(Type.Integer()),
  costMicros: Micros,
  costPerUnitMicros: Micros,
  unit: RateUnit,
  minDurationMs: Nullable(Type.Integer()),
})
export type RatedNode = Static<typeof RatedNode>

/** A call was rated and charged, once, after all its events had arrived. Calls that cost nothing are rated too. The id is `<callId>:rated`. */
export const CallRated = message(
  'call.rated',
  Type.Object({
    callId: Type.String(),
    executionId: Nullable(Type.String()),
    jobId: Nullable(Type.String()),
    contactId: Nullable(Type.String()),
    /** From the answer to the end of the call; null if nobody answered. */
    durationMs: Nullable(Type.Integer()),
    totalCostMicros: Micros,
    /** Of the event that completed the call, in the calls' lane. Absent in ratings of before it was added. */
    position: Type.Optional(Type.Integer({ minimum: 0 })),
    nodes: Type.Array(RatedNode),
  }),
)
export type CallRated = Static<typeof CallRated>

/** An administrator added credits to an account, or removed some. */
export const AccountAdjusted = message(
  'account.adjusted',
  Type.Object({ entryId: Type.String(), amountMicros: Type.Integer(), balanceMicros: Type.Integer(), reason: Type.String() }),
)
export type AccountAdjusted = Static<typeof AccountAdjusted>

/**
 * An account came to have credits, or has none any more: the balance rose above zero, or fell to zero or below it (contract rule 32). `entryCount` is the number
 * of entries that the balance is the sum of: of two pieces of news about an account, the one with more entries is the newer.
 */
export const AccountBalanceChanged = message(
  'account.balance_changed',
  Type.Object({ balanceMicros: Type.Integer(), entryCount: Type.Integer({ minimum: 0 }) }),
)
export type AccountBalanceChanged = Static<typeof AccountBalanceChanged>

export const BillingEvent = Type.Union([CallRated, AccountAdjusted, AccountBalanceChanged])
export type BillingEvent = Static<typeof BillingEvent>
