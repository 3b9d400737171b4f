import type { CallHistoryItem } from '@carillon/contracts/report'
import { expect, test } from 'vitest'
import { contactsChanged, eventsOf, flowNodes, launched, lifecycle, noContacts, plannedCall, ratingOf, t0 } from '../../test/events.ts'
import { noCalls } from './attempt-stats.ts'
import { billingReport, foldRatings } from './billing.ts'
import { breakdownReport } from './breakdown.ts'
import { foldCallEvents } from './call-batch.ts'
import { callHistoryItem } from './call-history.ts'
import { foldProgress, launchOf } from './execution.ts'
import { nodeStatsReport } from './node-stats.ts'
import { type Execution, programReport } from './report.ts'

const executionId = '018f0000-0000-7000-8000-0000000000e1'
const free = { executionId, totalMicros: 0n, billableCalls: 0 }

function execution(launch: Parameters<typeof launched>[1], ...later: Parameters<typeof foldProgress>[1]): Execution {
  const event = launched(executionId, launch)
  const progress = foldProgress(new Map(), [event, ...later]).get(executionId)
  if (!progress?.status) throw new Error('a launch has a status')
  return { launch: launchOf(event), progress: { ...progress, status: progress.status } }
}

test('the seed example of call metrics: 4000 of 6200 connected are 64.52 %, 3500 answered 56.45 %', () => {
  const counts = { ...noCalls(), started: 6200, answered: 3500, voicemail: 500, noAnswer: 1500, busy: 400, rejected: 100, failed: 200 }
  const billing = { executionId, totalMicros: 4_650_000_000n, billableCalls: 4000 }
  const report = programReport(execution({}), counts, billing, t0)
  expect(report.callMetrics).toMatchObject({ totalCalls: 6200, connected: 4000, connectionRate: 64.52, answerRate: 56.45 })
  expect(report.billingMetrics).toEqual({ totalCreditsUsed: 4650, billableCallsCount: 4000, averageCostPerCall: 1.1625 })
})

test('an execution without a contact or a call has zeros for rates', () => {
  const report = programReport(execution({ counts: noContacts }), noCalls(), free, t0)
  expect(report.contactMetrics).toMatchObject({ totalContacts: 0, reachRate: 0 })
  expect(report.callMetrics).toMatchObject({ totalCalls: 0, connectionRate: 0, answerRate: 0 })
  expect(report.billingMetrics.averageCostPerCall).toBe(0)
})

test('the contacts of a report are those of the latest revision, and their sum is the total', () => {
  const counts = { pending: 1, queued: 2, calling: 3, pendingRetry: 4, completed: 5, failed: 6, skipped: 7 }
  const report = programReport(execution({}, contactsChanged(executionId, 2, 1, counts)), noCalls(), free, t0)
  expect(report.contactMetrics).toEqual({ totalContacts: 28, ...counts, reachRate: 17.86 })
})

test.each([
  ['scheduled: no start and no duration', execution({ status: 'scheduled' }), {}],
  ['running: up to now', execution({}), { actualStartAt: '2025-12-15T09:30:00.000Z', durationMs: 60_000 }],
  [
    'over: up to its end',
    execution({}, lifecycle('execution.stopped', executionId, 2, 'stopped', 5_000)),
    { actualStartAt: '2025-12-15T09:30:00.000Z', actualEndAt: '2025-12-15T09:30:05.000Z', durationMs: 5_000 },
  ],
])('the duration of an execution that is %s', (_title, its, expected) => {
  const { actualStartAt, actualEndAt, durationMs } = programReport(its, noCalls(), free, t0 + 60_000)
  expect(JSON.parse(JSON.stringify({ actualStartAt, actualEndAt, durationMs }))).toEqual(expected)
})

test('optional instants and pause windows are left out where there are none', () => {
  const bare = programReport(execution({}), noCalls(), free, t0)
  expect(bare).not.toHaveProperty('scheduledStopAt')
  expect(bare.metadata).not.toHaveProperty('pauseWindows')
  const windows = { sunday: [{ startAt: { hour: 0, minute: 0 }, endAt: { hour: 0, minute: 0 } }] }
  const full = programReport(execution({ scheduledStopAt: '2025-12-20T18:00:00Z', pauseWindows: windows }), noCalls(), free, t0)
  expect(full.scheduledStopAt).toBe('2025-12-20T18:00:00.000Z')
  expect(full.metadata.pauseWindows).toEqual(windows)
})

test('the breakdown of the seed: attempts in order, their total computed from sums and not from averages', () => {
  const first = { ...noCalls(), started: 3, answered: 1, voicemail: 1, busy: 1, flowCompleted: 1, connectedDurationMs: 30_001 }
  const second = { ...noCalls(), started: 3, answered: 1, rejected: 1, failed: 1, connectedDurationMs: 2_000 }
  const { perAttempt, total } = breakdownReport([
    { executionId, attempt: 2, ...second },
    { executionId, attempt: 1, ...first },
  ])
  expect(perAttempt.map((row) => [row.attemptNumber, row.callsFailed, row.averageDurationMs])).toEqual([
    [1, 1, 15_001],
    [2, 2, 2_000],
  ])
  expect(total).toEqual({
    attemptNumber: 0,
    callsAttempted: 6,
    callsConnected: 3,
    callsAnswered: 2,
    callsVoicemail: 1,
    callsNoAnswer: 0,
    callsFailed: 3,
    callsCompleted: 1,
    connectedPercentage: 50,
    answeredPercentage: 33.33,
    voicemailPercentage: 16.67,
    noAnswerPercentage: 0,
    completedPercentage: 16.67,
    averageDurationMs: 10_667,
  })
})

test('node stats list the nodes of the flow in its order, unreached ones with zeros, then what else was run', () => {
  const stats = [
    { executionId, nodeId: 'extra', nodeType: 'say', nodeLabel: null, uniqueCalls: 1, totalExecutions: 1 },
    { executionId, nodeId: 'menu', nodeType: 'dtmf', nodeLabel: 'Main Menu', uniqueCalls: 3, totalExecutions: 5 },
  ]
  const digits = new Map([
    [
      'menu',
      {
        total: 3,
        inputs: [
          { digits: '1', executions: 2 },
          { digits: '2', executions: 1 },
        ],
      },
    ],
  ])
  const report = nodeStatsReport(flowNodes, stats, digits, { ...noCalls(), started: 8, flowCompleted: 3 })
  expect(report.nodes.map((node) => [node.nodeId, node.uniqueCalls])).toEqual([
    ['dial', 0],
    ['welcome', 0],
    ['menu', 3],
    ['record', 0],
    ['bye', 0],
    ['extra', 1],
  ])
  expect(report.nodes[2]).toEqual({
    nodeId: 'menu',
    nodeType: 'dtmf',
    nodeLabel: 'Main Menu',
    uniqueCalls: 3,
    totalExecutions: 5,
    percentage: 37.5,
    dtmfBreakdown: { '1': 2, '2': 1 },
    dtmfPercentages: { '1': 66.67, '2': 33.33 },
  })
  expect(report.nodes[3]).toEqual({ nodeId: 'record', nodeType: 'record', uniqueCalls: 0, totalExecutions: 0, percentage: 0 })
  expect(report).toMatchObject({ totalCalls: 8, completedCalls: 3, completionRate: 37.5 })
})

test('a menu that nobody has reached has an empty breakdown', () => {
  const menu = nodeStatsReport(flowNodes, [], new Map(), noCalls()).nodes[2]
  expect(menu).toMatchObject({ dtmfBreakdown: {}, dtmfPercentages: {} })
})

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
  const { executions, nodeTypes } = foldRatings(ratings)
  expect(executions).toEqual([{ executionId, totalMicros: 2_546_075n, billableCalls: 2 }])
  const report = billingReport(executions[0] ?? free, nodeTypes, [])
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

test.each<[string, Parameters<typeof plannedCall>[0], bigint | undefined, Partial<CallHistoryItem>]>([
  ['going on', {}, undefined, { status: 'ongoing', outcome: null }],
  [
    'answered and rated',
    { end: { outcome: 'completed', flowOutcome: 'abandoned', durationMs: 45_000 } },
    3_375_000n,
    { status: 'completed', outcome: 'completed', endedAt: '2025-12-15T09:30:49.000Z', durationMs: 45_000, totalCost: 3.375 },
  ],
  [
    'not answered and rated at nothing',
    { end: { outcome: 'no_answer', flowOutcome: 'failed', durationMs: null } },
    0n,
    { status: 'no_answer', outcome: 'no_answer', endedAt: '2025-12-15T09:30:07.000Z' },
  ],
])('a call of the history that is %s', (_title, plan, cost, expected) => {
  const { end: _end, ...open } = plannedCall(plan)
  const planned = plan?.end ? { ...open, end: plan.end } : open
  const { started, ended } = foldCallEvents(new Map(), eventsOf(planned))
  const [call] = started
  if (!call) throw new Error('the call was started')
  expect(callHistoryItem(call, ended[0], cost)).toEqual({
    callId: planned.callId,
    contactId: planned.contactId,
    from: '+212500000001',
    to: '+212612345678',
    direction: 'outbound',
    attempt: 1,
    startedAt: '2025-12-15T09:30:00.000Z',
    ...expected,
  })
})
