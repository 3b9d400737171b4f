import type { Orm } from '@carillon/service-kit/postgres/database'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { counted } from '../../test/support/counted.ts'
import { newId } from '../../test/support/events.ts'
import { aRun, history, type Moment, type Told } from '../../test/support/lane-history.ts'
import { type CallBatch, type CallPosition, foldCallEvents } from '../domain/call-batch.ts'
import { isEnd, isStartOrEnd } from '../domain/call-figures.ts'
import { changesOfRatings, executionBillingOf, nodeTypeBillingOf, type PlacedRating, placeRatings } from '../domain/cost-figures.ts'
import type { Happened } from '../domain/cut.ts'
import { type ExecutionStep, progressAt, stepOf } from '../domain/execution.ts'
import { type Change, withChanges } from '../domain/figures.ts'
import { cutOf } from './cut.ts'

/** What the three read models hold of one execution, in memory. */
function readModels(executionId: string) {
  const known = new Map<string, CallPosition>()
  const changes: Change[] = []
  const started: CallBatch['started'][number][] = []
  const ended: CallBatch['ended'][number][] = []
  const steps: ExecutionStep[] = []
  const costs: Change[] = []
  const ratings: PlacedRating[] = []
  let read = 0

  const endOf = (log: readonly Change[]): ReadonlyMap<string, Happened> => new Map(log.slice(-1).map((change) => [executionId, change]))
  const firstBeyond = <T extends Happened>(log: readonly T[], position: number) => log.find((entry) => entry.position > position)

  function readCalls(events: Told['calls']): void {
    if (events.length === 0) return
    const batch = foldCallEvents(known, events, endOf(changes))
    for (const { callId, lastSeq } of batch.newEvents) known.set(callId, { lastSeq, parked: [] })
    expect(batch.parked).toEqual([])
    changes.push(...(batch.changes.get(executionId) ?? []))
    started.push(...batch.started)
    ended.push(...batch.ended)
    read = Math.max(read, ...events.map(({ position }) => position))
  }

  function readRatings(events: Told['ratings']): void {
    const placed = placeRatings(events, endOf(costs))
    costs.push(...(changesOfRatings(placed, endOf(costs)).get(executionId) ?? []))
    ratings.push(...placed)
  }

  const sources: Parameters<typeof cutOf>[1] = {
    calls: {
      reached: async () => read,
      firstAwaited: async (_orm, _id, followed) =>
        changes.find((change) => {
          return (isStartOrEnd(change) && change.position > followed.contacts) || (isEnd(change) && change.position > followed.costs)
        }),
    },
    executions: {
      reached: async () => Math.max(...steps.map(({ position }) => position)),
      firstAfter: async (_orm, _id, position) => firstBeyond(steps, position),
    },
    billing: {
      reached: async () => costs.at(-1)?.position ?? 0,
      firstAfter: async (_orm, _id, position) => firstBeyond(costs, position),
    },
  }

  /** What reports show: the same figures as in {@link momentsLike}. */
  async function shown() {
    const { position } = await cutOf(undefined as unknown as Orm, sources, executionId)
    const upTo = <T extends { position: number }>(rows: readonly T[]) => rows.filter((row) => row.position <= position)
    const { pending, calling, completed, failed } = progressAt(steps, position).counts
    const { attempts, nodes } = counted({ changes: new Map([[executionId, changes]]) }, position)
    const figures = withChanges(new Map(), upTo(costs))
    return [
      [pending, calling, completed, failed],
      sum(attempts.map((attempt) => attempt.started)),
      sum(attempts.map((attempt) => attempt.answered)),
      Number(executionBillingOf(executionId, figures).totalMicros),
      upTo(started).length,
      upTo(ended).length,
      sum(upTo(ratings).map(({ data }) => data.totalCostMicros)),
      sum(nodes.map(({ totalExecutions }) => totalExecutions)),
      sum(nodeTypeBillingOf(executionId, figures).map(({ executions }) => executions)),
    ]
  }

  return { readCalls, readExecutions: (events: Told['executions']) => steps.push(...events.map(stepOf)), readRatings, shown }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** The moments that look like what reports show. Several can look the same. */
function momentsLike(moments: readonly Moment[], shown: unknown): number[] {
  return moments.flatMap(({ contacts, totalCalls, answered, ended, runs, micros }, position) => {
    const { pending, calling, completed, failed } = contacts
    const its = [[pending, calling, completed, failed], totalCalls, answered, micros, totalCalls, ended, micros, runs, ended]
    return JSON.stringify(its) === JSON.stringify(shown) ? [position] : []
  })
}

test('reports show one moment of the sequential model, however far each source was read, and never go back', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(aRun, async ({ choices, answers, sizes, reads }) => {
      const executionId = newId()
      const { moments, told } = history(executionId, 0, choices, answers, sizes)
      const rest = { calls: [...told.calls], executions: [...told.executions], ratings: [...told.ratings] }
      const { readCalls, readExecutions, readRatings, shown } = readModels(executionId)
      const read = (source: keyof Told, count: number) => {
        if (source === 'calls') readCalls(rest.calls.splice(0, count))
        else if (source === 'executions') readExecutions(rest.executions.splice(0, count))
        else readRatings(rest.ratings.splice(0, count))
      }
      let least = 0
      const look = async () => {
        const like = momentsLike(moments, await shown())
        expect(like).not.toEqual([])
        expect(Math.max(...like)).toBeGreaterThanOrEqual(least)
        least = Math.min(...like.filter((position) => position >= least))
        return like
      }
      read('executions', 1)
      for (const [source, count] of reads) {
        read(source, count)
        await look()
      }
      for (const source of ['ratings', 'calls', 'executions'] as const) read(source, 1_000)
      expect(await look()).toContain(moments.length - 1)
    }),
    { numRuns: 200 },
  )
})
