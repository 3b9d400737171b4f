import { expect, test } from 'vitest'
import type { EndedCall, ExecutedNode } from './call.ts'
import { free, platformCard, type RateCard, ratesFrom } from './rate-card.ts'
import { rateCall } from './rating.ts'

function ended({ nodes = [], ...ending }: Partial<EndedCall['ending']> & { nodes?: ExecutedNode[] }): EndedCall {
  return {
    state: 'ended',
    startedAtMs: 0,
    nodes,
    ending: {
      eventId: 'call:9',
      correlationId: 'correlation',
      executionId: null,
      jobId: null,
      contactId: null,
      durationMs: null,
      dialNodeId: 'dial-1',
      ...ending,
    },
  }
}
const node = (nodeType: string, nodeExecutionIndex: number, durationMs: number): ExecutedNode => ({
  nodeId: `${nodeType}-${nodeExecutionIndex}`,
  nodeType,
  nodeExecutionIndex,
  durationMs,
})

// The examples of contract rule 11.
test.each([
  [25_001, 1_875_075n],
  [45_000, 3_375_000n],
  [210_000, 15_750_000n],
  [4_000, 750_000n],
  [0, 750_000n],
])('a call of %i ms costs %i micro-credits by the platform card', (durationMs, totalCostMicros) => {
  expect(rateCall(ended({ durationMs }), platformCard).totalCostMicros).toBe(totalCostMicros)
})

test('an unanswered call costs nothing, and its dial node is listed', () => {
  expect(rateCall(ended({ durationMs: null, nodes: [node('dial', 1, 30_000)] }), platformCard)).toEqual({
    nodes: [
      {
        nodeId: 'dial-1',
        nodeType: 'dial',
        nodeExecutionIndex: 1,
        durationMs: null,
        costMicros: 0,
        costPerUnitMicros: 75_000,
        unit: 'second',
        minDurationMs: 10_000,
      },
    ],
    totalCostMicros: 0n,
  })
})

test('the dial node is billed for the duration of the call, not of the ringing', () => {
  const { nodes } = rateCall(ended({ durationMs: 20_000, nodes: [node('dial', 1, 3_300)] }), platformCard)
  expect(nodes.map(({ nodeType, durationMs, costMicros }) => [nodeType, durationMs, costMicros])).toEqual([['dial', 20_000, 1_500_000]])
})

test('every run of a node is billed; node types without a rate are left out', () => {
  const nodes = [node('dial', 1, 100), node('play', 2, 9_000), node('record', 3, 2_000), node('record', 4, 3_000)]
  const rating = rateCall(ended({ durationMs: 10_000, nodes }), platformCard)
  expect(rating.nodes.map(({ nodeId, costMicros }) => [nodeId, costMicros])).toEqual([
    ['dial-1', 750_000],
    ['record-3', 114_000],
    ['record-4', 171_000],
  ])
  expect(rating.totalCostMicros).toBe(1_035_000n)
})

test('by a card that is made free, everything is listed as before and costs nothing', () => {
  const nodes = [node('dial', 1, 5), node('record', 2, 3_000)]
  const rating = rateCall(ended({ durationMs: 60_000, nodes }), free(platformCard))
  expect(
    rating.nodes.map(({ nodeId, durationMs, costMicros, costPerUnitMicros }) => [nodeId, durationMs, costMicros, costPerUnitMicros]),
  ).toEqual([
    ['dial-1', 60_000, 0, 0],
    ['record-2', 3_000, 0, 0],
  ])
  expect(rating.totalCostMicros).toBe(0n)
})

test('by a card without a rate for dialing, only the other nodes are billed', () => {
  const card: RateCard = { version: 1, effectiveFromMs: 0, rates: ratesFrom({ rates: { say: { unit: 'flat', costPerUnit: 0.2 } } }) }
  const rating = rateCall(ended({ durationMs: 60_000, nodes: [node('dial', 1, 5), node('say', 2, 5)] }), card)
  expect(rating.nodes.map(({ nodeId }) => nodeId)).toEqual(['say-2'])
  expect(rating.totalCostMicros).toBe(200_000n)
})

test('a call without a flow run has no dial node', () => {
  expect(rateCall(ended({ dialNodeId: null, durationMs: null }), platformCard)).toEqual({ nodes: [], totalCostMicros: 0n })
})
