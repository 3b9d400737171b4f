import type { CallRated } from '@carillon/contracts/billing-events'
import { fromIso } from '@carillon/contracts/instant'
import type { ExecutionBilling, NodeTypeBilling } from './billing.ts'
import type { Happened } from './cut.ts'
import { type Change, type Figures, inOrder } from './figures.ts'

/*
 * The figures of costs, in whole micro-credits. The key of the total is `total`; that of a node type is `type ` with its name:
 *
 *   total       micro-credits, calls that cost something
 *   type dial   micro-credits, executions, milliseconds, executions that have a duration
 */

const total = 'total'
const typePrefix = 'type '

/** A rating, and the position of the calls' lane at which it counts. */
export interface PlacedRating extends CallRated {
  readonly position: number
}

/** What a rating adds to the figures of its execution. */
function costChanges({ totalCostMicros, nodes }: CallRated['data']): Pick<Change, 'key' | 'add'>[] {
  return [
    { key: total, add: [totalCostMicros, totalCostMicros > 0 ? 1 : 0] },
    ...nodes.map(({ nodeType, costMicros, durationMs }) => {
      return { key: typePrefix + nodeType, add: [costMicros, 1, durationMs ?? 0, durationMs === null ? 0 : 1] }
    }),
  ]
}

/**
 * Each call's first rating, with the position at which it counts: its own, but none before the figures of its execution end. A rating that tells no position
 * counts from the beginning.
 *
 * @param ends where the figures of each execution end.
 */
export function placeRatings(ratings: readonly CallRated[], ends: ReadonlyMap<string, Happened>): PlacedRating[] {
  const placed = new Map<string, PlacedRating>()
  for (const rating of ratings) {
    const { callId, executionId, position = 0 } = rating.data
    if (placed.has(callId)) continue
    placed.set(callId, { ...rating, position: Math.max(position, ends.get(executionId ?? '')?.position ?? 0) })
  }
  return [...placed.values()]
}

/** What ratings of different calls add to the figures of each execution, in order. Calls without an execution are not counted. */
export function changesOfRatings(ratings: readonly PlacedRating[], ends: ReadonlyMap<string, Happened>): Map<string, Change[]> {
  const changes = new Map<string, Change[]>()
  for (const { position, time, data } of ratings) {
    if (data.executionId === null) continue
    const own = changes.get(data.executionId) ?? []
    changes.set(data.executionId, own)
    const atMs = fromIso(time)
    for (const change of costChanges(data)) own.push({ position, atMs, ...change })
  }
  return new Map([...changes].map(([id, own]) => [id, inOrder(own, ends.get(id) ?? { position: 0, atMs: 0 })]))
}

export function executionBillingOf(executionId: string, figures: Figures): ExecutionBilling {
  const [micros = 0, billableCalls = 0] = figures.get(total) ?? []
  return { executionId, totalMicros: BigInt(micros), billableCalls }
}

export function nodeTypeBillingOf(executionId: string, figures: Figures): NodeTypeBilling[] {
  return [...figures].flatMap(([key, [micros = 0, executions = 0, durationMs = 0, timed = 0]]) => {
    if (!key.startsWith(typePrefix)) return []
    const nodeType = key.slice(typePrefix.length)
    return [{ executionId, nodeType, totalMicros: BigInt(micros), executions, totalDurationMs: timed === 0 ? null : durationMs }]
  })
}
