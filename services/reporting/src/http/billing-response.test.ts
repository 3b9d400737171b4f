import { expect, test } from 'vitest'
import { plannedCall, ratingOf } from '../../test/support/events.ts'
import { billOf } from '../domain/billing.ts'
import { changesOfRatings, executionBillingOf, nodeTypeBillingOf, placeRatings } from '../domain/cost-figures.ts'
import { withChanges } from '../domain/figures.ts'
import { billingResponse } from './billing-response.ts'

const executionId = '018f0000-0000-7000-8000-0000000000e1'
const free = { executionId, totalMicros: 0n, billableCalls: 0 }

const billingReport = (...figures: Parameters<typeof billOf>) => billingResponse(billOf(...figures))

test('ratings add up exactly, by execution and node type; only calls that cost something are billable', () => {
  const ratings = [
    ratingOf(plannedCall(), [
      { nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 },
      { nodeType: 'record', durationMs: 3_000, costMicros: 171_000 },
    ]),
    ratingOf(plannedCall(), [{ nodeType: 'dial', durationMs: null, costMicros: 0 }]),
    ratingOf(plannedCall(), [{ nodeType: 'sms', durationMs: null, costMicros: 500_000 }]),
    ratingOf(plannedCall({ executionId: null }), [{ nodeType: 'dial', durationMs: 9, costMicros: 9_000_000 }]),
  ]
  const changes = changesOfRatings(placeRatings(ratings, new Map()), new Map())
  expect([...changes.keys()]).toEqual([executionId])
  const figures = withChanges(new Map(), changes.get(executionId) ?? [])
  const billing = executionBillingOf(executionId, figures)
  expect(billing).toEqual({ executionId, totalMicros: 2_546_075n, billableCalls: 2 })
  const report = billingReport(billing, nodeTypeBillingOf(executionId, figures), [])
  expect(report.summary).toEqual({ totalCreditsUsed: 2.546075, billableCallsCount: 2, averageCostPerCall: 1.273038 })
  expect(report.byNodeType).toEqual([
    { nodeType: 'dial', totalCost: 1.875075, executionCount: 2, totalDurationMs: 25_001 },
    { nodeType: 'sms', totalCost: 0.5, executionCount: 1, totalDurationMs: null },
    { nodeType: 'record', totalCost: 0.171, executionCount: 1, totalDurationMs: 3_000 },
  ])
})

test('node types of equal cost are listed by name', () => {
  const ofType = (nodeType: string) => ({ executionId, nodeType, totalMicros: 5n, executions: 1, totalDurationMs: 1 })
  const { byNodeType } = billingReport(free, [ofType('record'), ofType('dial')], [])
  expect(byNodeType.map(({ nodeType }) => nodeType)).toEqual(['dial', 'record'])
})
