import type { SequencedCallEvent } from '@carillon/contracts/call-events'
import fc, { type Arbitrary } from 'fast-check'
import { expect, test } from 'vitest'
import { shuffledWithRepeats } from '../../test/support/arbitraries.ts'
import { type CallScript, callEvents } from '../../test/support/call-events.ts'
import type { PlacedCallEvent } from './call.ts'
import { type CompleteCall, foldBatch, type OpenCall } from './call-batch.ts'

/** The events, each with the position that its seq gives, so that it is the same wherever the event stands. */
const placed = (events: readonly SequencedCallEvent[]): PlacedCallEvent[] => events.map((event) => ({ ...event, position: event.data.seq }))

/** Folds batch after batch, keeping between them what the tables keep. */
function foldAll(batches: readonly SequencedCallEvent[][]): CompleteCall[] {
  const known = new Map<string, OpenCall | 'rated'>()
  const complete: CompleteCall[] = []
  for (const batch of batches) {
    const folded = foldBatch(placed(batch), known)
    complete.push(...folded.complete)
    for (const call of folded.open) known.set(call.callId, JSON.parse(JSON.stringify(call)))
    for (const { callId } of folded.complete) known.set(callId, 'rated')
  }
  return complete
}

/** Cuts items into batches of these sizes, used in turn. */
function cut<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < items.length; ) {
    const end = start + (sizes[batches.length % sizes.length] ?? 1)
    batches.push(items.slice(start, end))
    start = end
  }
  return batches
}

const script: Arbitrary<CallScript> = fc.record({
  callId: fc.uuid(),
  executionId: fc.uuid(),
  durationMs: fc.option(fc.nat(100_000)),
  nodes: fc.array(fc.record({ nodeType: fc.constant('record'), durationMs: fc.nat(10_000) }), { maxLength: 5 }),
})
const deliveries = fc
  .uniqueArray(script, { minLength: 1, maxLength: 6, selector: ({ callId }) => callId })
  .map((scripts) => scripts.map(callEvents))
  .chain((calls) => fc.record({ calls: fc.constant(calls), stored: shuffledWithRepeats(calls.flat()) }))

test('however the events of calls are shuffled, doubled and cut into batches, each call is complete once, with its nodes in order', () => {
  const byId = (a: CompleteCall, b: CompleteCall) => (a.callId < b.callId ? -1 : 1)
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 })
  fc.assert(
    fc.property(deliveries, sizes, ({ calls, stored }, batchSizes) => {
      const complete = foldAll(cut(stored, batchSizes))
      const inPlainOrder = foldAll(calls)
      expect(complete.sort(byId)).toEqual(inPlainOrder.sort(byId))
      expect(inPlainOrder).toHaveLength(calls.length)
    }),
    { numRuns: 300 },
  )
})

test('given a call without one of its events, then it is not complete', () => {
  const events = callEvents({ durationMs: 5_000 })
  for (const missing of events) {
    expect(foldAll([events.filter((event) => event !== missing)])).toEqual([])
  }
})

test('given a call that was rated, then later events about it are ignored', () => {
  const events = callEvents({ durationMs: 5_000 })
  const callId = events[0]?.data.callId ?? ''
  expect(foldBatch(placed(events), new Map([[callId, 'rated']]))).toEqual({ complete: [], open: [] })
})

test.each([
  ['all at once', [5]],
  ['one by one', [1]],
  ['in two parts', [2, 3]],
])('a call has the position of the event that completed it, also if it arrived after the end: %s', (_, sizes) => {
  const events = callEvents({ durationMs: 5_000 })
  const [late, ...others] = events
  if (!late) throw new Error('a call has events')
  const arrived = [...others, late].map((event, index) => ({ ...event, position: 100 + index }))
  const known = new Map<string, OpenCall | 'rated'>()
  const positions: number[] = []
  for (const batch of cut(arrived, sizes)) {
    const { complete, open } = foldBatch(batch, known)
    for (const call of open) known.set(call.callId, JSON.parse(JSON.stringify(call)))
    positions.push(...complete.map(({ position }) => position))
  }
  expect(positions).toEqual([100 + arrived.length - 1])
})
