import type { RateCardInput } from '@carillon/contracts/billing'
import type { FieldProblem } from '@carillon/contracts/error-body'
import type { Rate } from '@carillon/money/rating'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import { exactMicros } from './amount.ts'

/** Rates by node type. A node type without one is not billed. */
export type Rates = ReadonlyMap<string, Rate>

export interface RateCard {
  /** 1, 2, 3… within an organization; 0 is the platform's card. */
  version: number
  effectiveFromMs: number
  rates: Rates
}

/** In force for an organization that has no card of its own: the rates of the contract's examples. */
export const platformCard: RateCard = {
  version: 0,
  effectiveFromMs: Number.NEGATIVE_INFINITY,
  rates: new Map<string, Rate>([
    ['dial', { unit: 'second', costPerUnitMicros: 75_000n, minDurationMs: 10_000, incrementMs: null }],
    ['record', { unit: 'second', costPerUnitMicros: 57_000n, minDurationMs: null, incrementMs: null }],
  ]),
}

/** The card that was in force when the call started. The time of rating does not matter. */
export function cardInForce(cards: readonly RateCard[], startedAtMs: number): RateCard {
  let inForce = platformCard
  for (const card of cards) {
    if (card.effectiveFromMs <= startedAtMs && card.version > inForce.version) inForce = card
  }
  return inForce
}

/** The card with every rate at 0, for calls in test mode: they are rated like others, and cost nothing. */
export function free(card: RateCard): RateCard {
  return { ...card, rates: new Map([...card.rates].map(([nodeType, rate]) => [nodeType, { ...rate, costPerUnitMicros: 0n }])) }
}

/**
 * The version that replaces `current` and is in force from now on. Each version begins later than the one before it.
 * Undefined if the rates are those of `current`, so a repeated request changes nothing.
 */
export function nextCard(current: RateCard | undefined, rates: Rates, nowMs: number): RateCard | undefined {
  if (current && isSame(current.rates, rates)) return undefined
  return {
    version: (current?.version ?? 0) + 1,
    effectiveFromMs: current ? Math.max(nowMs, current.effectiveFromMs + 1) : nowMs,
    rates,
  }
}

/** Reads the body of a request that its schema has accepted. Throws a `ValidationError` for rules that the schema cannot express. */
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
