import type { AttemptBreakdown, CallHistoryItem } from '@carillon/contracts/report'
import type { Reports } from '../../src/start/final-report.ts'

const id = '00000000-0000-7000-8000-000000000001'
const total: AttemptBreakdown = {
  attemptNumber: 0,
  callsAttempted: 3,
  callsConnected: 2,
  callsAnswered: 1,
  callsVoicemail: 1,
  callsNoAnswer: 1,
  callsFailed: 0,
  callsCompleted: 2,
  connectedPercentage: 66.67,
  answeredPercentage: 33.33,
  voicemailPercentage: 33.33,
  noAnswerPercentage: 33.33,
  completedPercentage: 66.67,
  averageDurationMs: 12_345,
}

/** What the API says of an execution with three calls. */
export const reports: Reports = {
  import: {
    importId: id,
    rows: 4,
    created: 2,
    updated: 0,
    duplicates: 1,
    rejected: 1,
    warned: 0,
    rejections: [{ line: 3, reason: 'too_short', message: 'the number has too few digits for its country', value: '0612' }],
    rejectionsTruncated: false,
    warnings: [],
    warningsTruncated: false,
  },
  report: {
    executionId: id,
    programId: id,
    organizationId: id,
    test: false,
    status: 'completed',
    effectiveStatus: 'completed',
    isInPauseWindow: false,
    scheduledStartAt: '2025-12-15T10:00:00.000Z',
    actualStartAt: '2025-12-15T10:00:00.000Z',
    actualEndAt: '2025-12-15T10:31:00.000Z',
    durationMs: 1_860_000,
    metadata: { flowId: id, flowName: 'Reminder', audienceId: id, didPool: ['+212520000101'], retryStrategy: { type: 'none' } },
    contactMetrics: {
      totalContacts: 2,
      pending: 0,
      queued: 0,
      calling: 0,
      pendingRetry: 0,
      completed: 1,
      failed: 1,
      skipped: 0,
      reachRate: 50,
    },
    callMetrics: {
      totalCalls: 3,
      connected: 2,
      answered: 1,
      voicemail: 1,
      noAnswer: 1,
      busy: 0,
      rejected: 0,
      failed: 0,
      completed: 2,
      connectionRate: 66.67,
      answerRate: 33.33,
    },
    billingMetrics: { totalCreditsUsed: 2.625075, billableCallsCount: 2, averageCostPerCall: 1.312538 },
  },
  breakdown: { perAttempt: [{ ...total, attemptNumber: 1 }], total },
  nodeStats: {
    nodes: [
      { nodeId: 'dial', nodeType: 'dial', nodeLabel: 'Call', uniqueCalls: 3, totalExecutions: 3, percentage: 100 },
      {
        nodeId: 'menu',
        nodeType: 'dtmf',
        uniqueCalls: 1,
        totalExecutions: 2,
        percentage: 33.33,
        dtmfBreakdown: { '1': 1, '2': 1 },
        dtmfPercentages: { '1': 50, '2': 50 },
      },
    ],
    totalCalls: 3,
    completedCalls: 2,
    completionRate: 66.67,
  },
  billing: {
    executionId: id,
    summary: { totalCreditsUsed: 2.625075, billableCallsCount: 2, averageCostPerCall: 1.312538 },
    byNodeType: [{ nodeType: 'dial', totalCost: 2.625075, executionCount: 3, totalDurationMs: 35_001 }],
    topCostlyCalls: [{ callId: id, contactId: id, totalCost: 1.875075, durationMs: 25_001 }],
  },
}

export function callsOf(count: number): CallHistoryItem[] {
  return Array.from({ length: count }, (_, index) => ({
    callId: id,
    contactId: id,
    from: '+212520000101',
    to: '+212612345678',
    direction: 'outbound',
    attempt: index + 1,
    status: 'no_answer',
    outcome: 'no_answer',
    startedAt: '2025-12-15T10:00:00.000Z',
  }))
}
