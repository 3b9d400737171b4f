import { expect, test } from 'vitest'
import { noCalls } from '../domain/attempt-stats.ts'
import { breakdownOf } from '../domain/breakdown.ts'
import { breakdownResponse } from './breakdown-response.ts'

const executionId = '018f0000-0000-7000-8000-0000000000e1'

test('the breakdown lists attempts in order, and computes the total from sums, not from averages', () => {
  const first = { ...noCalls(), started: 3, answered: 1, voicemail: 1, busy: 1, flowCompleted: 1, connectedDurationMs: 30_001 }
  const second = { ...noCalls(), started: 3, answered: 1, rejected: 1, failed: 1, connectedDurationMs: 2_000 }
  const { perAttempt, total } = breakdownResponse(
    breakdownOf([
      { executionId, attempt: 2, ...second },
      { executionId, attempt: 1, ...first },
    ]),
  )
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
