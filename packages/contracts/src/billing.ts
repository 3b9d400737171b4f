import { type NodeType, nodeSchemas } from '@carillon/call-flow/graph'
import { type Static, type TOptional, type TSchema, Type } from '@sinclair/typebox'
import { RateUnit } from './billing-events.ts'
import { Paginated } from './pagination.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { VisibleText } from './text.ts'

const dayMs = 86_400_000

/** Credits: a JSON number with up to six decimals (contract rule 10). */
const Credits = (description: string) =>
  Type.Number({ description: `${description}, in credits with up to six decimals`, examples: [1.875075] })

const costPerUnit = Type.Number({
  minimum: 0,
  maximum: 10_000,
  description: 'Credits for one unit, with up to six decimals',
  examples: [0.075],
})
const minDurationMs = described(
  Nullable(Type.Integer({ minimum: 0, maximum: dayMs })),
  'Minimum time that is billed, in milliseconds; null for none',
)
const incrementMs = described(
  Nullable(Type.Integer({ minimum: 1, maximum: dayMs })),
  'Billed time is rounded up to a multiple of this, in milliseconds; null for exact billing',
)

/** What one execution of a node costs (contract rule 11). A `flat` rate has no minimum and no increment. */
export const RateInput = Type.Object(
  { unit: RateUnit, costPerUnit, minDurationMs: Type.Optional(minDurationMs), incrementMs: Type.Optional(incrementMs) },
  {
    'x-schema': 'RateInput',
    description: 'What one run of a node costs. A `flat` rate has no minimum and no increment.',
    additionalProperties: false,
  },
)
export type RateInput = Static<typeof RateInput>

export const RateResponse = Type.Object(
  { unit: RateUnit, costPerUnit, minDurationMs, incrementMs },
  { 'x-schema': 'RateResponse', description: 'What one run of a node costs.' },
)
export type RateResponse = Static<typeof RateResponse>

/** At most one rate per node type. */
function byNodeType<T extends TSchema>(rate: T) {
  const properties = Object.keys(nodeSchemas).map((nodeType) => [nodeType, Type.Optional(rate)])
  return Type.Object(Object.fromEntries(properties) as { [N in NodeType]: TOptional<T> }, {
    additionalProperties: false,
    description: 'A rate for each node type that is billed',
  })
}

/** Body of `PUT /billing/rate-card`. Node types without a rate are not billed. */
export const RateCardInput = Type.Object(
  { rates: byNodeType(RateInput) },
  {
    $id: 'RateCardInput',
    description: 'A new version of the rate card.',
    additionalProperties: false,
    examples: [
      {
        rates: {
          dial: { unit: 'second', costPerUnit: 0.075, minDurationMs: 10_000 },
          record: { unit: 'minute', costPerUnit: 0.5, incrementMs: 60_000 },
          dtmf: { unit: 'flat', costPerUnit: 0.01 },
        },
      },
    ],
  },
)
export type RateCardInput = Static<typeof RateCardInput>

/**
 * A version of an organization's rate card. It applies to calls that start at or after its `effectiveFrom` and before that of the next version.
 * Version 0 is the platform's card: it applies to an organization without a card of its own, and its `effectiveFrom` is null.
 */
export const RateCardResponse = Type.Object(
  {
    organizationId: described(Uuid, 'The organization that the card is for'),
    version: Type.Integer({ minimum: 0, description: 'Counts from 1; 0 is the platform’s card' }),
    effectiveFrom: described(Nullable(Instant), 'The card applies to calls that start from then on; null for the platform’s card'),
    rates: byNodeType(RateResponse),
  },
  { $id: 'RateCardResponse', description: 'A version of an organization’s rate card.' },
)
export type RateCardResponse = Static<typeof RateCardResponse>

/** Newest first. The platform's card is not listed. */
export const RateCardHistory = Paginated(RateCardResponse)

/** `updatedAt` is null for an account without entries. The balance may be negative. */
export const AccountResponse = Type.Object(
  {
    organizationId: described(Uuid, 'The organization that the account belongs to'),
    balance: Credits('What is left; it may be negative'),
    currency: Type.Literal('credits', { description: 'Always `credits`' }),
    updatedAt: described(Nullable(Instant), 'When the balance last changed; null for an account without entries'),
  },
  { $id: 'AccountResponse', description: 'The account of an organization.' },
)
export type AccountResponse = Static<typeof AccountResponse>

/** Body of `POST /billing/credits`. A negative amount corrects an earlier one. */
export const CreditsInput = Type.Object(
  {
    amount: Type.Number({
      minimum: -1_000_000_000,
      maximum: 1_000_000_000,
      description: 'Credits, with up to six decimals; not 0. A negative amount takes credits back',
    }),
    reason: described(VisibleText(500), 'Why, for the ledger; 1 to 500 characters'),
  },
  {
    $id: 'CreditsInput',
    description: 'Credits to add.',
    additionalProperties: false,
    examples: [{ amount: 5_000, reason: 'Invoice 2026-0042' }],
  },
)
export type CreditsInput = Static<typeof CreditsInput>

export const LedgerEntryType = Type.Union([Type.Literal('call'), Type.Literal('adjustment')], {
  description: '`call`: what a call cost. `adjustment`: credits that were added or taken back',
})
export type LedgerEntryType = Static<typeof LedgerEntryType>

/** An entry never changes. The debit of a call has the call's id, so a call has at most one. */
export const LedgerEntryResponse = Type.Object(
  {
    id: described(Uuid, 'The entry’s id'),
    type: LedgerEntryType,
    /** Negative for a debit. */
    amount: Credits('What the entry adds to the balance; negative for what a call cost'),
    balanceAfter: Credits('The balance after this entry'),
    callId: Type.Optional(described(Uuid, 'The call, for an entry of the type `call`')),
    executionId: Type.Optional(described(Uuid, 'The execution of the call')),
    reason: Type.Optional(Type.String({ description: 'Why credits were added, for an entry of the type `adjustment`' })),
    at: described(Instant, 'When the entry was made'),
  },
  { $id: 'LedgerEntryResponse', description: 'One change of the balance. It never changes.' },
)
export type LedgerEntryResponse = Static<typeof LedgerEntryResponse>

/** Newest first. */
export const LedgerPage = Paginated(LedgerEntryResponse)
