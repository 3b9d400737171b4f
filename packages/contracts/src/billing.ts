import { type NodeType, nodeSchemas } from '@carillon/call-flow/graph'
import { type Static, type TOptional, type TSchema, Type } from '@sinclair/typebox'
import { RateUnit } from './billing-events.ts'
import { Paginated } from './pagination.ts'
import { Instant, Nullable, Uuid } from './scalars.ts'
import { VisibleText } from './text.ts'

const dayMs = 86_400_000

/** Credits: a JSON number with up to six decimals (contract rule 10). */
const Credits = Type.Number({ examples: [1.875075] })

const costPerUnit = Type.Number({ minimum: 0, maximum: 10_000, description: 'Credits, with up to six decimals', examples: [0.075] })
const minDurationMs = Nullable(Type.Integer({ minimum: 0, maximum: dayMs, description: 'Minimum time that is billed' }))
const incrementMs = Nullable(Type.Integer({ minimum: 1, maximum: dayMs, description: 'Billed time is rounded up to a multiple of this' }))

/** What one execution of a node costs (contract rule 11). A `flat` rate has no minimum and no increment. */
export const RateInput = Type.Object(
  { unit: RateUnit, costPerUnit, minDurationMs: Type.Optional(minDurationMs), incrementMs: Type.Optional(incrementMs) },
  { additionalProperties: false },
)
export type RateInput = Static<typeof RateInput>

export const RateResponse = Type.Object({ unit: RateUnit, costPerUnit, minDurationMs, incrementMs })
export type RateResponse = Static<typeof RateResponse>

/** At most one rate per node type. */
function byNodeType<T extends TSchema>(rate: T) {
  const properties = Object.keys(nodeSchemas).map((nodeType) => [nodeType, Type.Optional(rate)])
  return Type.Object(Object.fromEntries(properties) as { [N in NodeType]: TOptional<T> }, { additionalProperties: false })
}

/** Body of `PUT /billing/rate-card`. Node types without a rate are not billed. */
export const RateCardInput = Type.Object({ rates: byNodeType(RateInput) }, { additionalProperties: false })
export type RateCardInput = Static<typeof RateCardInput>

/**
 * A version of an organization's rate card. It applies to calls that start at or after its `effectiveFrom` and before that of the next version.
 * Version 0 is the platform's card: it applies to an organization without a card of its own, and its `effectiveFrom` is null.
 */
export const RateCardResponse = Type.Object({
  organizationId: Uuid,
  version: Type.Integer({ minimum: 0 }),
  effectiveFrom: Nullable(Instant),
  rates: byNodeType(RateResponse),
})
export type RateCardResponse = Static<typeof RateCardResponse>

/** Newest first. The platform's card is not listed. */
export const RateCardHistory = Paginated(RateCardResponse)

/** `updatedAt` is null for an account without entries. The balance may be negative. */
export const AccountResponse = Type.Object({
  organizationId: Uuid,
  balance: Credits,
  currency: Type.Literal('credits'),
  updatedAt: Nullable(Instant),
})
export type AccountResponse = Static<typeof AccountResponse>

/** Body of `POST /billing/credits`. A negative amount corrects an earlier one. */
export const CreditsInput = Type.Object(
  {
    amount: Type.Number({ minimum: -1_000_000_000, maximum: 1_000_000_000, description: 'Credits, with up to six decimals; not 0' }),
    reason: VisibleText(500),
  },
  { additionalProperties: false },
)
export type CreditsInput = Static<typeof CreditsInput>

export const LedgerEntryType = Type.Union([Type.Literal('call'), Type.Literal('adjustment')])
export type LedgerEntryType = Static<typeof LedgerEntryType>

/** An entry never changes. The debit of a call has the call's id, so a call has at most one. */
export const LedgerEntryResponse = Type.Object({
  id: Uuid,
  type: LedgerEntryType,
  /** Negative for a debit. */
  amount: Credits,
  balanceAfter: Credits,
  callId: Type.Optional(Uuid),
  executionId: Type.Optional(Uuid),
  reason: Type.Optional(Type.String()),
  at: Instant,
})
export type LedgerEntryResponse = Static<typeof LedgerEntryResponse>

/** Newest first. */
export const LedgerPage = Paginated(LedgerEntryResponse)
