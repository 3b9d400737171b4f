import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import type { AttemptBreakdown, ProgramReport } from '@carillon/contracts/report'
import { expect, test } from 'vitest'
import { followed, isOver, type Progress, type Sample } from './progress.ts'
import { logLine, type ScreenContext, screenLines } from './screen.ts'

const startMs = Date.parse('2025-12-15T10:00:00Z') // a Monday
const windows = { monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 12, minute: 30 } }] }
const context: ScreenContext = {
  title: 'Payment reminders',
  speed: 60,
  timezone: 'Africa/Casablanca',
  windows: compilePauseWindows(windows, 'Africa/Casablanca'),
  color: false,
  interrupted: false,
}

test('a running execution shows contacts, rates, credits, its clock and the time left', () => {
  const progress = watched([sample(0, {}), sample(4_000, { calls: 80, completed: 30, failed: 10, calling: 20, pendingRetry: 20 })])
  expect(screenLines(progress, context, 100)).toEqual([
    'Payment reminders   running',
    'platform time Mon 15 Dec 11:04:00   Africa/Casablanca   60 × real time',
    '██████████████▓▓▓▓▒▒▒▒▒▒▒▒▒▒░░░░░░░░░······················································· 20 %',
    '█ completed 30   ▓ failed 10   ▒ calling 20   ░ to retry 20   · pending 120',
    'calls 80   0.33 calls/s (20.0 a real second)   answer rate 37.50 %',
    'credits used 12.35   balance 9,987.65   about 7 s of real time left',
  ])
})

test('a pause window shows until when', () => {
  const progress = watched([sample(60_000, { completed: 30, status: 'paused_window' })])
  expect(screenLines(progress, context, 100)[0]).toContain('in a pause window until 12:30')
})

test('an interrupted run shows that it is, and no time left', () => {
  const progress = watched([sample(0, {}), sample(4_000, { calls: 80, completed: 30 })])
  expect(screenLines(progress, { ...context, interrupted: true }, 100)[0]).toBe('Payment reminders   interrupted')
  expect(logLine(progress, { ...context, interrupted: true })).toMatch(/\| interrupted$/)
})

test('on a narrow terminal no line passes the edge', () => {
  const progress = watched([sample(0, {}), sample(4_000, { calls: 80, completed: 30, failed: 10, calling: 20, pendingRetry: 20 })])
  for (const line of screenLines(progress, context, 40)) expect(line.length).toBeLessThanOrEqual(40)
})

test('the bar is full however the shares round', () => {
  for (let completed = 0; completed <= 200; completed++) {
    const [, , bar = ''] = screenLines(watched([sample(0, { completed, failed: 1 })]), context, 80)
    expect(bar.replace(/ \d+ %$/, '')).toHaveLength(72)
  }
})

test('a log line says the same without color', () => {
  const progress = watched([sample(0, {}), sample(4_000, { calls: 80, completed: 30, failed: 10, calling: 20, pendingRetry: 20 })])
  expect(logLine(progress, { ...context, speed: 1 })).toBe(
    'Mon 15 Dec 11:04:00 | 20 % | completed 30, failed 10, calling 20, to retry 20, pending 120 | ' +
      'calls 80, 0.33 calls/s, answer rate 37.50 % | credits used 12.35, balance 9,987.65 | running | about 6 min 30 s left',
  )
})

test('an execution is over when it has ended and no call goes on', () => {
  expect(isOver(reportOf({ calls: 80, completed: 30, status: 'completed' }))).toBe(true)
  expect(isOver(reportOf({ calls: 80, completed: 30, status: 'running' }))).toBe(false)
  expect(isOver(reportOf({ calls: 80, completed: 30, calling: 1, status: 'stopped' }))).toBe(false)
  expect(isOver({ ...reportOf({ status: 'completed' }), callMetrics: { ...reportOf({}).callMetrics, totalCalls: 1 } })).toBe(false)
})

interface Shown {
  calls?: number
  completed?: number
  failed?: number
  calling?: number
  pendingRetry?: number
  status?: ProgramReport['effectiveStatus']
}

function watched(samples: Sample[]): Progress {
  const [first, ...others] = samples
  if (!first) throw new Error('at least one sample')
  return others.reduce(followed, followed(null, first))
}

/** Sixty times as fast as real time. */
function sample(afterRealMs: number, shown: Shown): Sample {
  const report = reportOf(shown)
  const perAttempt = [attemptOf(report.callMetrics.totalCalls, report.callMetrics.answered)]
  return { realMs: startMs + afterRealMs, nowMs: startMs + afterRealMs * 60, report, perAttempt, balance: 9_987.654321 }
}

function reportOf({ calls = 0, completed = 0, failed = 0, calling = 0, pendingRetry = 0, status = 'running' }: Shown): ProgramReport {
  const totalContacts = 200
  const pending = totalContacts - completed - failed - calling - pendingRetry
  const id = '00000000-0000-7000-8000-000000000001'
  return {
    executionId: id,
    programId: id,
    organizationId: id,
    test: false,
    status: status === 'paused_window' ? 'running' : status,
    effectiveStatus: status,
    isInPauseWindow: status === 'paused_window',
    scheduledStartAt: '2025-12-15T10:00:00.000Z',
    metadata: { flowId: id, flowName: 'Reminder', audienceId: id, didPool: [], retryStrategy: { type: 'none' }, pauseWindows: windows },
    contactMetrics: { totalContacts, pending, queued: 0, calling, pendingRetry, completed, failed, skipped: 0, reachRate: 0 },
    callMetrics: {
      totalCalls: calls,
      connected: completed,
      answered: completed,
      voicemail: 0,
      noAnswer: calls - completed,
      busy: 0,
      rejected: 0,
      failed: 0,
      completed,
      connectionRate: 0,
      answerRate: calls === 0 ? 0 : (completed / calls) * 100,
    },
    billingMetrics: { totalCreditsUsed: 12.345679, billableCallsCount: completed, averageCostPerCall: 0 },
  }
}

function attemptOf(callsAttempted: number, callsAnswered: number): AttemptBreakdown {
  return {
    attemptNumber: 1,
    callsAttempted,
    callsConnected: callsAnswered,
    callsAnswered,
    callsVoicemail: 0,
    callsNoAnswer: 0,
    callsFailed: 0,
    callsCompleted: 0,
    connectedPercentage: 0,
    answeredPercentage: 0,
    voicemailPercentage: 0,
    noAnswerPercentage: 0,
    completedPercentage: 0,
    averageDurationMs: 0,
  }
}
