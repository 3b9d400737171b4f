import type { AutoPauseRule } from '@carillon/contracts/program'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ran } from '../../test/support/carrier.ts'
import { somePlan, someState } from '../../test/support/execution.ts'
import { dialOrder } from './dial-order.ts'
import { afterLastContact, afterRuns, afterTime, cancel, pause, resume } from './execution.ts'
import { countersAfterResume, countRuns, type NodeCounter, runsToCount } from './node-counters.ts'

const snapshot = { contactId: 'contact-1', phone: '+212600000000', firstName: null, lastName: null, attributes: {} }
const call = { callId: '018f0000-0000-7000-a000-000000000001', attempt: 1, didNumber: '+212522000000', notBeforeMs: 0, notAfterMs: 1 }
const order = dialOrder(somePlan(), snapshot, call)
const runs = (...nodeIds: string[]) => nodeIds.map((nodeId, index) => ran(order, 0, nodeId, index + 2))
const rule = (nodeId: string, threshold: number, resetOnResume = false): AutoPauseRule => ({ nodeId, threshold, resetOnResume })
const counter = (nodeId: string, count: number, hasPaused = false): NodeCounter => ({ nodeId, count, hasPaused })

test('only runs of nodes with a rule are counted', () => {
  expect(runsToCount([rule('a', 1)], runs('a', 'b', 'a')).map(({ data }) => data.nodeId)).toEqual(['a', 'a'])
})

const by = (nodeId: string, threshold: number, count: number) => ({ nodeId, threshold, count })
test.each([
  { title: 'below the threshold', before: [], nodes: ['a'], isRunning: true, after: [counter('a', 1)], pausedBy: null },
  { title: 'at it', before: [counter('a', 1)], nodes: ['a'], isRunning: true, after: [counter('a', 2, true)], pausedBy: by('a', 2, 2) },
  {
    title: 'beyond it in one batch',
    before: [],
    nodes: ['a', 'a', 'a'],
    isRunning: true,
    after: [counter('a', 3, true)],
    pausedBy: by('a', 2, 2),
  },
  { title: 'while paused', before: [], nodes: ['a', 'a'], isRunning: false, after: [counter('a', 2)], pausedBy: null },
  {
    title: 'reached while paused',
    before: [counter('a', 4)],
    nodes: ['a'],
    isRunning: true,
    after: [counter('a', 5, true)],
    pausedBy: by('a', 2, 5),
  },
  {
    title: 'after its pause',
    before: [counter('a', 2, true)],
    nodes: ['a'],
    isRunning: true,
    after: [counter('a', 3, true)],
    pausedBy: null,
  },
  {
    title: 'the first of two rules',
    before: [],
    nodes: ['b', 'a', 'a'],
    isRunning: true,
    after: [counter('b', 1, true), counter('a', 2)],
    pausedBy: by('b', 1, 1),
  },
])('a counter and its rule: $title', ({ before, nodes, isRunning, after, pausedBy }) => {
  expect(countRuns(before, [rule('a', 2), rule('b', 1)], runs(...nodes), isRunning)).toEqual({ counters: after, pausedBy })
})

test.each([
  { title: 'keeps a rule without a reset', reset: false, replaced: false, byRule: true, after: [counter('a', 5, true)] },
  { title: 'resets', reset: true, replaced: false, byRule: true, after: [] },
  { title: 'resets nothing after another pause', reset: true, replaced: false, byRule: false, after: [counter('a', 5, true)] },
  { title: 'lets a replaced rule pause again', reset: false, replaced: true, byRule: true, after: [counter('a', 5)] },
  { title: 'resets by the new rule', reset: true, replaced: true, byRule: true, after: [] },
])('a resume $title, and forgets a node without a rule', ({ reset, replaced, byRule, after }) => {
  expect(countersAfterResume([counter('a', 5, true), counter('b', 1)], [rule('a', 2, reset)], replaced, byRule)).toEqual(after)
})

test('however runs are batched, the counts are the same, and a rule pauses once', () => {
  const nodes = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 })
  fc.assert(
    fc.property(nodes, fc.array(fc.nat(40)), fc.integer({ min: 1, max: 20 }), (nodeIds, cuts, threshold) => {
      const rules = [rule('a', threshold)]
      const all = runs(...nodeIds)
      const bounds = [0, ...cuts.toSorted((one, other) => one - other), 40]
      let counters: NodeCounter[] = []
      const pauses: number[] = []
      for (const [index, from] of bounds.entries()) {
        const folded = countRuns(counters, rules, all.slice(from, bounds[index + 1]), true)
        counters = folded.counters
        if (folded.pausedBy) pauses.push(folded.pausedBy.count)
      }
      const total = nodeIds.filter((nodeId) => nodeId === 'a').length
      expect(counters).toEqual(total === 0 ? [] : [counter('a', total, total >= threshold)])
      expect(pauses).toEqual(total >= threshold ? [threshold] : [])
    }),
  )
})

test('a running execution is paused by its rule; one that is paused or has ended keeps its status', () => {
  const reached = (status: Parameters<typeof someState>[0]) => afterRuns(someState(status), [rule('a', 1)], runs('a'))
  expect(reached({ status: 'running' }).transition).toMatchObject({
    type: 'execution.paused',
    state: { status: 'paused_threshold', revision: 5, pausedBy: by('a', 1, 1) },
  })
  for (const status of ['paused', 'paused_no_credits', 'paused_threshold'] as const) {
    expect(reached({ status })).toMatchObject({ state: { status, nodeCounters: [counter('a', 1)] }, transition: undefined })
  }
  for (const status of ['completed', 'stopped', 'cancelled'] as const) {
    expect(reached({ status })).toMatchObject({ state: { status, nodeCounters: [] }, transition: undefined })
  }
})

test('the rule is shown until the execution goes on, and counters until it ends', () => {
  const paused = someState({ status: 'paused_threshold', pausedBy: by('a', 1, 1), nodeCounters: [counter('a', 1, true)] })
  expect(resume(paused, [rule('a', 1)], false).state).toMatchObject({ pausedBy: null, nodeCounters: [counter('a', 1, true)] })
  expect(pause(resume(paused, [rule('a', 1)], false).state).state).toMatchObject({ status: 'paused', pausedBy: null })
  const done = { pending: 0, queued: 0, calling: 0, pendingRetry: 0, completed: 100, failed: 0, skipped: 0 }
  const ends = [
    cancel(paused, 1),
    afterTime(somePlan({ scheduledStopAtMs: 1 }), paused, 1),
    afterLastContact({ ...paused, counts: done }, 1),
  ]
  for (const end of ends) expect(end?.state).toMatchObject({ pausedBy: null, nodeCounters: [] })
})
