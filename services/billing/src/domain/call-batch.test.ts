import { expect, test } from 'vitest'
import { callEvents } from '../../test/call-events.ts'
import { random, shuffled } from '../../test/random.ts'
import type { CallProgress } from './call.ts'
import { type CompleteCall, foldBatch, type OpenCall } from './call-batch.ts'

/** Folds batch after batch, keeping between them what the tables keep. */
function foldAll(batches: readonly CallProgress[][]): CompleteCall[] {
  const known = new Map<string, OpenCall | 'rated'>()
  const complete: CompleteCall[] = []
  for (const batch of batches) {
    const folded = foldBatch(batch, known)
    complete.push(...folded.complete)
    for (const call of folded.open) known.set(call.callId, JSON.parse(JSON.stringify(call)))
    for (const { callId } of folded.complete) known.set(callId, 'rated')
  }
  return complete
}

function cut<T>(items: readonly T[], next: () => number): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < items.length; ) {
    const end = start + 1 + Math.floor(next() * 12)
    batches.push(items.slice(start, end))
    start = end
  }
  return batches
}

test('however the events of calls are shuffled, doubled and cut into batches, each call is complete once, with its nodes in order', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed)
    const calls = Array.from({ length: 6 }, (_, index) =>
      callEvents({
        durationMs: index === 0 ? null : 1_000 * index,
        nodes: Array.from({ length: index }, (_node, position) => ({ nodeType: 'record', durationMs: 100 * position })),
      }),
    )
    const events = calls.flat()
    const stored = shuffled([...events, ...events.filter(() => next() < 0.3)], next)
    const complete = foldAll(cut(stored, next))
    const inPlainOrder = foldAll(calls)
    const byId = (a: CompleteCall, b: CompleteCall) => (a.callId < b.callId ? -1 : 1)
    expect(complete.sort(byId), `seed ${seed}`).toEqual(inPlainOrder.sort(byId))
    expect(inPlainOrder).toHaveLength(6)
  }
})

test('given a call without one of its events, then it is not complete', () => {
  const events = callEvents({ durationMs: 5_000 })
  for (const missing of events) {
    expect(foldAll([events.filter((event) => event !== missing)])).toEqual([])
  }
})

test('given a call that was rated, then nothing about it is taken up again', () => {
  const events = callEvents({ durationMs: 5_000 })
  const callId = events[0]?.data.callId ?? ''
  expect(foldBatch(events, new Map([[callId, 'rated']]))).toEqual({ complete: [], open: [] })
})
