import type { RateCardInput, RateCardResponse, RateResponse } from '@carillon/contracts/billing'
import type { FieldProblem } from '@carillon/contracts/error-body'
import { microsToJson } from '@carillon/money/credits'
import type { Rate } from '@carillon/money/rating'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import { exactMicros } from './amount.ts'

/** Rates by node type. A node type without one is not billed. */
export type Rates = ReadonlyMap<string, Rate>

export interface RateCard {
  /** 1, 2, 3… within an organization; 0 is the platform's card. */
  version: number
  effectiveFromMs: number
  rates: Rates
}

/** In force for an organization until it is given a card of its own: the rates of the seeds' examples. */
export const platformCard: RateCard = {
  version: 0,
  effectiveFromMs: Number.NEGATIVE_INFINITY,
  rates: new Map<string, Rate>([
    ['dial', { unit: 'second', costPerUnitMicros: 75_000n, minDurationMs: 10_000, incrementMs: null }],
    ['record', { unit: 'second', costPerUnitMicros: 57_000n, minDurationMs: null, incrementMs: null }],
  ]),
}

/** The card that rates a call, whenever it is rated: the newest of those that were in force when the call started. */
export function cardInForce(cards: readonly RateCard[], startedAtMs: number): RateCard {
  let inForce = platformCard
  for (const card of cards) {
    if (card.effectiveFromMs <= startedAtMs && card.version > inForce.version) inForce = card
  }
  return inForce
}

/**
 * The version that replaces `current`, in force from now on. Versions begin at distinct instants, in their order.
 * Undefined where the rates are those of `current`: asking twice changes nothing.
 */
export function nextCard(current: RateCard | undefined, rates: Rates, nowMs: number): RateCard | undefined {
  if (current && isSame(current.rates, rates)) return undefined
  return {
    version: (current?.version ?? 0) + 1,
    effectiveFromMs: current ? Math.max(nowMs, current.effectiveFromMs + 1) : nowMs,
    rates,
  }
}

/** Reads the body of a request that fits its schema. Throws a `ValidationError` for what the schema cannot say. */
export function ratesFrom(body: RateCardInput): Rates {
  const problems: FieldProblem[] = []
  const rates = new Map<string, Rate>()
  for (const [nodeType, input] of Object.entries(body.rates)) {
    const { minDurationMs = null, incrementMs = null } = input
    if (input.unit === 'flat' && minDurationMs !== null) problems.push(notWithFlat(nodeType, 'minDurationMs'))
    if (input.unit === 'flat' && incrementMs !== null) problems.push(notWithFlat(nodeType, 'incrementMs'))
    const costPerUnitMicros = exactMicros(input.costPerUnit)
    if (costPerUnitMicros === null) problems.push({ pointer: `/rates/${nodeType}/costPerUnit`, message: 'must have six decimals at most' })
    else rates.set(nodeType, { unit: input.unit, costPerUnitMicros, minDurationMs, incrementMs })
  }
  if (problems.length > 0) throw invalidFields(problems)
  return rates
}

export function toResponse(organizationId: string, card: RateCard): RateCardResponse {
  const rates = [...card.rates].map(([nodeType, rate]): [string, RateResponse] => [
    nodeType,
    {
      unit: rate.unit,
      costPerUnit: microsToJson(rate.costPerUnitMicros),
      minDurationMs: rate.minDurationMs,
      incrementMs: rate.incrementMs,
    },
  ])
  return {
    organizationId,
    version: card.version,
    effectiveFrom: card.version === 0 ? null : toIso(card.effectiveFromMs),
    rates: Object.fromEntries(rates),
  }
}

function notWithFlat(nodeType: string, field: string): FieldProblem {
  return { pointer: `/rates/${nodeType}/${field}`, message: 'must not be given with the unit flat' }
}

function isSame(some: Rates, others: Rates): boolean {
  if (some.size !== others.size) return false
  return [...some].every(([nodeType, rate]) => {
    const other = others.get(nodeType)
    return (
      other?.unit === rate.unit &&
      other.costPerUnitMicros === rate.costPerUnitMicros &&
      other.minDurationMs === rate.minDurationMs &&
      other.incrementMs === rate.incrementMs
    )
  })
}
