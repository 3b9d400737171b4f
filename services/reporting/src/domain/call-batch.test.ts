import type { CallEvent } from '@carillon/contracts/call-events'
import { expect, test } from 'vitest'
import { counted } from '../../test/support/counted.ts'
import { eventsOf, type PlannedCall, plannedCall } from '../../test/support/events.ts'
import { type CallPosition, foldCallEvents } from './call-batch.ts'

const nothing = new Map<string, CallPosition>()
const executionId = '018f0000-0000-7000-8000-0000000000e1'

/** What is known after a batch, given what was known before it. */
function stored(before: ReadonlyMap<string, CallPosition>, events: readonly CallEvent[]): Map<string, CallPosition> {
  const batch = foldCallEvents(before, events)
  const after = new Map(before)
  for (const { callId, lastSeq } of batch.newEvents) after.set(callId, { lastSeq, parked: after.get(callId)?.parked ?? [] })
  for (const { callId, events: parked } of batch.parked) after.set(callId, { lastSeq: after.get(callId)?.lastSeq ?? 0, parked })
  return after
}

const only = (known: ReadonlyMap<string, CallPosition>) => [...known.values()][0]

test('a call that begins and ends in one batch is stored whole, with all its events and counts', () => {
  const call = plannedCall({ attempt: 2 })
  const batch = foldCallEvents(nothing, eventsOf(call))
  expect(batch.started).toMatchObject([{ callId: call.callId, attempt: 2, startedAtMs: call.startedAtMs }])
  expect(batch.ended).toMatchObject([
    {
      callId: call.callId,
      answeredAtMs: call.startedAtMs + 4_000,
      endedAtMs: call.startedAtMs + 29_001,
      outcome: 'completed',
      flowOutcome: 'completed',
      durationMs: 25_001,
    },
  ])
  expect(batch.newEvents).toEqual([{ callId: call.callId, lastSeq: 9, events: eventsOf(call) }])
  expect(counted(batch).attempts).toMatchObject([
    { executionId, attempt: 2, started: 1, answered: 1, flowCompleted: 1, connectedDurationMs: 25_001, voicemail: 0 },
  ])
  expect(counted(batch).nodes.map(({ nodeId, uniqueCalls, totalExecutions }) => [nodeId, uniqueCalls, totalExecutions])).toEqual([
    ['bye', 1, 1],
    ['dial', 1, 1],
    ['menu', 1, 1],
    ['welcome', 1, 1],
  ])
  expect(counted(batch).digits).toEqual([{ executionId, nodeId: 'menu', digits: '1', executions: 1 }])
})

test('a node run three times by one call is one unique call and three executions', () => {
  const menu = { nodeId: 'menu' }
  const call = plannedCall({ nodes: [{ ...menu, digits: '9' }, menu, { ...menu, digits: '1' }] })
  const { nodes, digits } = counted(foldCallEvents(nothing, eventsOf(call)))
  expect(nodes).toMatchObject([{ nodeId: 'menu', uniqueCalls: 1, totalExecutions: 3 }])
  // No digits pressed: no input.
  expect(digits.map((row) => [row.digits, row.executions])).toEqual([
    ['9', 1],
    ['1', 1],
  ])
})

test('a batch that is delivered again changes nothing', () => {
  const events = eventsOf(plannedCall())
  const before = stored(nothing, events)
  const again = foldCallEvents(before, events)
  expect(again).toEqual({ started: [], ended: [], newEvents: [], parked: [], changes: new Map() })
})

test('an event that is twice in a batch counts once', () => {
  const events = eventsOf(plannedCall())
  const twice = events.flatMap((event) => [event, event])
  expect(foldCallEvents(nothing, twice)).toEqual(foldCallEvents(nothing, events))
})

test('an event that comes too early waits for the earlier ones, and then counts', () => {
  const events = eventsOf(plannedCall())
  expect(foldCallEvents(nothing, [...events].reverse())).toEqual(foldCallEvents(nothing, events))
})

test('events that come too early wait over several batches, and there is no call before its start has come', () => {
  const [first, second, ...rest] = eventsOf(plannedCall())
  if (!first || !second) throw new Error('a call has events')
  const early = stored(nothing, rest)
  expect(only(early)).toMatchObject({ lastSeq: 0, parked: rest })
  const later = foldCallEvents(early, [first])
  expect(later.started).toHaveLength(1)
  expect(later.newEvents).toMatchObject([{ lastSeq: 1 }])
  expect(later.parked).toEqual([])
  expect(counted(later).attempts).toMatchObject([{ started: 1, answered: 0 }])
  const complete = foldCallEvents(stored(early, [first]), [second])
  expect(complete.newEvents).toMatchObject([{ lastSeq: 9 }])
  expect(complete.ended).toMatchObject([{ outcome: 'completed' }])
  expect(complete.parked.map(({ events }) => events)).toEqual([[]])
  expect(counted(complete).attempts).toMatchObject([{ started: 0, answered: 1 }])
})

test('parked events are replaced even if their number is the same as before', () => {
  const [started, second, third, fourth, fifth] = eventsOf(plannedCall())
  if (!started || !second || !third || !fourth || !fifth) throw new Error('a call has nine events')
  const known = stored(nothing, [started, third])
  const batch = foldCallEvents(known, [second, fifth])
  expect(batch.parked.map(({ events }) => events)).toEqual([[fifth]])
  expect(only(stored(stored(known, [second, fifth]), [fourth]))).toMatchObject({ lastSeq: 5, parked: [] })
})

test('batches of one event give the same result as one batch', () => {
  const call = plannedCall()
  let known = nothing as ReadonlyMap<string, CallPosition>
  for (const event of eventsOf(call)) known = stored(known, [event])
  expect(only(known)).toEqual(only(stored(nothing, eventsOf(call))))
})

test.each<[string, NonNullable<PlannedCall['end']>, object]>([
  [
    'completed',
    { outcome: 'completed', flowOutcome: 'abandoned', durationMs: 9 },
    { answered: 1, flowCompleted: 0, connectedDurationMs: 9 },
  ],
  [
    'voicemail',
    { outcome: 'voicemail', flowOutcome: 'completed', durationMs: 7 },
    { voicemail: 1, flowCompleted: 1, connectedDurationMs: 7 },
  ],
  ['no_answer', { outcome: 'no_answer', flowOutcome: 'failed', durationMs: null }, { noAnswer: 1, connectedDurationMs: 0 }],
  ['busy', { outcome: 'busy', flowOutcome: 'failed', durationMs: null }, { busy: 1 }],
  ['rejected', { outcome: 'rejected', flowOutcome: 'failed', durationMs: null }, { rejected: 1 }],
  ['failed after an answer', { outcome: 'failed', flowOutcome: 'failed', durationMs: 5 }, { failed: 1, connectedDurationMs: 0 }],
])('a call that ended as %s has these counts', (_title, end, counts) => {
  const { attempts } = counted(foldCallEvents(nothing, eventsOf(plannedCall({ end, nodes: [] }))))
  expect(attempts).toMatchObject([{ started: 1, ...counts }])
})

test('a call without an execution is stored and not counted', () => {
  const batch = foldCallEvents(nothing, eventsOf(plannedCall({ executionId: null })))
  expect(batch.started).toHaveLength(1)
  expect(batch.changes).toEqual(new Map())
})

test('counts are separate for each execution, attempt and node', () => {
  const other = '018f0000-0000-7000-8000-0000000000e2'
  const calls = [plannedCall(), plannedCall({ attempt: 2 }), plannedCall({ executionId: other }), plannedCall()]
  const { attempts, digits } = counted(foldCallEvents(nothing, calls.flatMap(eventsOf)))
  expect(attempts.map((row) => [row.executionId, row.attempt, row.started])).toEqual([
    [executionId, 1, 2],
    [executionId, 2, 1],
    [other, 1, 1],
  ])
  expect(digits.map((row) => [row.executionId, row.executions])).toEqual([
    [executionId, 3],
    [other, 1],
  ])
})

test('a call whose first event is not its start, or that starts twice, is refused, so that its event is set aside', () => {
  const [started, second] = eventsOf(plannedCall())
  if (!started || !second) throw new Error('a call has events')
  const stranger: CallEvent = { ...started, type: 'call.ringing', data: { ...started.data } }
  expect(() => foldCallEvents(nothing, [stranger])).toThrow('event 1 of call')
  const restarted: CallEvent = started.type === 'call.started' ? { ...started, data: { ...started.data, seq: 2 } } : started
  expect(() => foldCallEvents(nothing, [started, restarted])).toThrow('event 2 of call')
})
