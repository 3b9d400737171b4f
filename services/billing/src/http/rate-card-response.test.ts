import { expect, test } from 'vitest'
import { platformCard } from '../domain/rate-card.ts'
import { rateCardResponse } from './rate-card-response.ts'

const organizationId = '018f0000-0000-7000-8000-00000000000a'

test('the platform card is shown as version 0, without a beginning', () => {
  expect(rateCardResponse(organizationId, platformCard)).toEqual({
    organizationId,
    version: 0,
    effectiveFrom: null,
    rates: {
      dial: { unit: 'second', costPerUnit: 0.075, minDurationMs: 10_000, incrementMs: null },
      record: { unit: 'second', costPerUnit: 0.057, minDurationMs: null, incrementMs: null },
    },
  })
})
