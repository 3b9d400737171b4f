import type { CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import { eventsOf, type NodeRun, newId, type PlannedCall, plannedCall, ratingOf, t0 } from './events.ts'

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface RatedCall extends PlannedCall {
  /** Absent while the call is not rated. */
  costs?: { nodeType: string; durationMs: number | null; costMicros: number }[]
}

/** Calls of these executions, with any outcome, any path through the flow and any cost; some go on, some are not rated. */
export function randomCalls(random: () => number, executionIds: readonly string[], count: number): RatedCall[] {
  const pick = <T>(items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0]
  const outcomes = ['completed', 'completed', 'completed', 'voicemail', 'no_answer', 'busy', 'rejected', 'failed'] as const
  const calls = Array.from({ length: count }, (_, index): RatedCall => {
    const { end: _end, ...open } = plannedCall({
      callId: newId(),
      executionId: executionIds[index % executionIds.length] ?? null,
      attempt: pick([1, 1, 1, 2, 2, 3]),
      startedAtMs: t0 + Math.floor(random() * 3_600_000),
    })
    if (random() < 0.1) return { ...open, nodes: [{ nodeId: 'dial' }] }
    const outcome = pick(outcomes)
    const connected = outcome === 'completed' || outcome === 'voicemail' || (outcome === 'failed' && random() < 0.3)
    const durationMs = connected ? Math.floor(random() * 90_000) : null
    const nodes: NodeRun[] = connected ? [{ nodeId: 'dial' }, ...randomPath(random)] : [{ nodeId: 'dial' }]
    const flowOutcome = connected ? pick(['completed', 'abandoned', 'failed'] as const) : 'failed'
    const call: RatedCall = { ...open, nodes, end: { outcome, flowOutcome, durationMs } }
    if (random() < 0.1) return call
    const dial = { nodeType: 'dial', durationMs, costMicros: durationMs === null ? 0 : Math.floor(random() * 5) * 1_333_333 + durationMs }
    return { ...call, costs: random() < 0.2 ? [dial, { nodeType: 'record', durationMs: 3_000, costMicros: 171_000 }] : [dial] }
  })
  return calls.sort((a, b) => (a.callId < b.callId ? -1 : 1))
}

function randomPath(random: () => number): NodeRun[] {
  const path: NodeRun[] = [{ nodeId: 'welcome' }]
  while (random() < 0.6) {
    const digits = ['', '1', '2', '3', '*'][Math.floor(random() * 5)]
    path.push(digits === undefined ? { nodeId: 'menu' } : { nodeId: 'menu', digits })
  }
  return random() < 0.5 ? [...path, { nodeId: 'bye' }] : path
}

/** The events of calls as a stream that had to be repaired may hold them: interleaved, some out of order, some twice. */
export function streamed(random: () => number, calls: readonly RatedCall[]): { calls: CallEvent[]; ratings: CallRated[] } {
  const ratings = calls.flatMap((call) => (call.costs ? [ratingOf(call, call.costs)] : []))
  return { calls: disturbed(random, calls.flatMap(eventsOf)), ratings: disturbed(random, ratings) }
}

function disturbed<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .flatMap((item, index) => (random() < 0.15 ? [index, index + random() * 40] : [index]).map((place) => ({ item, place })))
    .map(({ item, place }) => ({ item, place: random() < 0.2 ? place + random() * 15 : place }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
