import type { CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import fc, { type Arbitrary } from 'fast-check'
import { eventsOf, type NodeRun, newId, type PlannedCall, plannedCall, ratingOf, t0 } from './events.ts'

export interface RatedCall extends PlannedCall {
  /** Absent while the call is not rated. */
  costs?: { nodeType: string; durationMs: number | null; costMicros: number }[]
}

export interface History {
  /** By call id. */
  calls: RatedCall[]
  /** As they are on the streams. */
  events: { calls: CallEvent[]; ratings: CallRated[] }
}

/**
 * Calls of these executions, with any outcome, path through the flow and cost. Some are still going on and some are not rated. Their events are
 * interleaved, some out of order and some twice, as on a stream that had to be repaired. The same seed gives the same calls.
 */
export function randomHistory(seed: number, executionIds: readonly string[], count: number): History {
  const courses = fc.array(course, { minLength: count, maxLength: count })
  const calls = sampled(courses, seed).map((planned, index): RatedCall => {
    return { ...planned, callId: newId(), executionId: executionIds[index % executionIds.length] ?? null }
  })
  calls.sort((a, b) => (a.callId < b.callId ? -1 : 1))
  const ratings = calls.flatMap((call) => (call.costs ? [ratingOf(call, call.costs)] : []))
  return {
    calls,
    events: { calls: sampled(disturbed(calls.flatMap(eventsOf)), seed), ratings: sampled(disturbed(ratings), seed) },
  }
}

function sampled<T>(values: Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(values, { seed, numRuns: 1 })
  return value as T
}

const connection: Arbitrary<Pick<RatedCall, 'nodes' | 'end'>> = fc
  .record({
    path: fc.array(fc.constantFrom('', '1', '2', '3', '*'), { maxLength: 4 }),
    saysGoodbye: fc.boolean(),
    outcome: fc.constantFrom('completed', 'completed', 'completed', 'voicemail', 'failed'),
    flowOutcome: fc.constantFrom('completed', 'abandoned', 'failed'),
    durationMs: fc.nat(90_000),
  })
  .map(({ path, saysGoodbye, ...end }) => {
    const menus = path.map((digits): NodeRun => ({ nodeId: 'menu', digits }))
    const bye = saysGoodbye ? [{ nodeId: 'bye' }] : []
    return { nodes: [{ nodeId: 'dial' }, { nodeId: 'welcome' }, ...menus, ...bye], end }
  })
const failure: Arbitrary<Pick<RatedCall, 'nodes' | 'end'>> = fc
  .constantFrom('no_answer', 'busy', 'rejected', 'failed')
  .map((outcome) => ({ nodes: [{ nodeId: 'dial' }], end: { outcome, flowOutcome: 'failed', durationMs: null } }))
const ongoing = fc.constant({ nodes: [{ nodeId: 'dial' }] })

const course: Arbitrary<RatedCall> = fc
  .record({
    attempt: fc.constantFrom(1, 1, 1, 2, 2, 3),
    startedAtMs: fc.integer({ min: t0, max: t0 + 3_600_000 }),
    progress: fc.oneof({ weight: 6, arbitrary: connection }, { weight: 3, arbitrary: failure }, { weight: 1, arbitrary: ongoing }),
    /** Null for a call that is not rated. */
    level: fc.option(fc.nat(4), { freq: 9 }),
    isRecorded: fc.boolean(),
  })
  .map(({ attempt, startedAtMs, progress, level, isRecorded }): RatedCall => {
    const { end: _end, ...open } = plannedCall({ attempt, startedAtMs })
    const call: RatedCall = { ...open, ...progress }
    if (level === null || !call.end) return call
    const { durationMs } = call.end
    const dial = { nodeType: 'dial', durationMs, costMicros: durationMs === null ? 0 : level * 1_333_333 + durationMs }
    return { ...call, costs: isRecorded ? [dial, { nodeType: 'record', durationMs: 3_000, costMicros: 171_000 }] : [dial] }
  })

/** The items with some moved back by up to 15 places, and some repeated up to 40 places later. */
function disturbed<T>(items: readonly T[]): Arbitrary<T[]> {
  const disturbance = fc.record({ delay: rarely(15), repeatAfter: rarely(40) })
  return fc.array(disturbance, { minLength: items.length, maxLength: items.length }).map((disturbances) =>
    items
      .flatMap((item, index) => {
        const { delay, repeatAfter } = disturbances[index] ?? { delay: null, repeatAfter: null }
        const once = { item, place: index + (delay ?? 0) }
        return repeatAfter === null ? [once] : [once, { item, place: index + repeatAfter }]
      })
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item),
  )
}

/** Null, or one time in six a number up to this. */
function rarely(max: number): Arbitrary<number | null> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(max) })
}
