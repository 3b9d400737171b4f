import { expect, test } from 'vitest'
import { contactsChanged, launched, lifecycle, noContacts, t0 } from '../../test/support/events.ts'
import { noCalls } from '../domain/attempt-stats.ts'
import { type Execution, type ExecutionEvent, launchOf, progressAt, stepOf } from '../domain/execution.ts'
import { reportOf } from '../domain/report.ts'
import { reportResponse } from './report-response.ts'

const executionId = '018f0000-0000-7000-8000-0000000000e1'
const free = { executionId, totalMicros: 0n, billableCalls: 0 }

function execution(launch: Parameters<typeof launched>[1], ...later: ExecutionEvent[]): Execution {
  const event = launched(executionId, launch)
  return { launch: launchOf(event), progress: progressAt([event, ...later].map(stepOf), 0) }
}

const reportAt = (...figures: Parameters<typeof reportOf>) => reportResponse(reportOf(...figures))

test('the contract example of call metrics: 4000 of 6200 connected are 64.52 %, 3500 answered 56.45 %', () => {
  const counts = { ...noCalls(), started: 6200, answered: 3500, voicemail: 500, noAnswer: 1500, busy: 400, rejected: 100, failed: 200 }
  const billing = { executionId, totalMicros: 4_650_000_000n, billableCalls: 4000 }
  const report = reportAt(execution({}), counts, billing, t0)
  expect(report.callMetrics).toMatchObject({ totalCalls: 6200, connected: 4000, connectionRate: 64.52, answerRate: 56.45 })
  expect(report.billingMetrics).toEqual({ totalCreditsUsed: 4650, billableCallsCount: 4000, averageCostPerCall: 1.1625 })
})

test('an execution without a contact or a call has zeros for rates', () => {
  const report = reportAt(execution({ counts: noContacts }), noCalls(), free, t0)
  expect(report.contactMetrics).toMatchObject({ totalContacts: 0, reachRate: 0 })
  expect(report.callMetrics).toMatchObject({ totalCalls: 0, connectionRate: 0, answerRate: 0 })
  expect(report.billingMetrics.averageCostPerCall).toBe(0)
})

test('the contacts of a report are those of the latest revision, and their sum is the total', () => {
  const counts = { pending: 1, queued: 2, calling: 3, pendingRetry: 4, completed: 5, failed: 6, skipped: 7 }
  const report = reportAt(execution({}, contactsChanged(executionId, 2, 1, counts)), noCalls(), free, t0)
  expect(report.contactMetrics).toEqual({ totalContacts: 28, ...counts, reachRate: 17.86 })
})

test.each([
  ['scheduled: no start and no duration', execution({ status: 'scheduled' }), {}],
  ['running: up to now', execution({}), { actualStartAt: '2025-12-15T09:30:00.000Z', durationMs: 60_000 }],
  [
    'ended: up to its end',
    execution({}, lifecycle('execution.stopped', executionId, 2, 'stopped', 5_000)),
    { actualStartAt: '2025-12-15T09:30:00.000Z', actualEndAt: '2025-12-15T09:30:05.000Z', durationMs: 5_000 },
  ],
])('the duration of an execution that is %s', (_title, its, expected) => {
  const { actualStartAt, actualEndAt, durationMs } = reportAt(its, noCalls(), free, t0 + 60_000)
  expect(JSON.parse(JSON.stringify({ actualStartAt, actualEndAt, durationMs }))).toEqual(expected)
})

test('optional instants and pause windows are left out where there are none', () => {
  const bare = reportAt(execution({}), noCalls(), free, t0)
  expect(bare).not.toHaveProperty('scheduledStopAt')
  expect(bare.metadata).not.toHaveProperty('pauseWindows')
  const windows = { sunday: [{ startAt: { hour: 0, minute: 0 }, endAt: { hour: 0, minute: 0 } }] }
  const full = reportAt(execution({ scheduledStopAt: '2025-12-20T18:00:00Z', pauseWindows: windows }), noCalls(), free, t0)
  expect(full.scheduledStopAt).toBe('2025-12-20T18:00:00.000Z')
  expect(full.metadata.pauseWindows).toEqual(windows)
})
