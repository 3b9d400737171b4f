import type { RateCardResponse } from '@carillon/contracts/billing'
import { toIso } from '@carillon/contracts/instant'
import { microsToJson } from '@carillon/money/credits'
import type { RateCard } from '../domain/rate-card.ts'

export function rateCardResponse(organizationId: string, card: RateCard): RateCardResponse {
  const rates = [...card.rates].map(([nodeType, { unit, costPerUnitMicros, minDurationMs, incrementMs }]) => {
    return [nodeType, { unit, costPerUnit: microsToJson(costPerUnitMicros), minDurationMs, incrementMs }]
  })
  return {
    organizationId,
    version: card.version,
    effectiveFrom: card.version === 0 ? null : toIso(card.effectiveFromMs),
    rates: Object.fromEntries(rates),
  }
}
