import { toIso } from '@carillon/contracts/instant'
import type { CallMetrics, ContactMetrics, ProgramReport } from '@carillon/contracts/report'
import type { CallFigures, ContactFigures, ExecutionReport } from '../domain/report.ts'
import { billingMetricsResponse } from './billing-response.ts'

export function reportResponse({ launch, ...report }: ExecutionReport): ProgramReport {
  return {
    executionId: launch.executionId,
    programId: launch.programId,
    organizationId: launch.organizationId,
    status: report.status,
    test: launch.isTest,
    effectiveStatus: report.effectiveStatus,
    isInPauseWindow: report.isInPauseWindow,
    scheduledStartAt: toIso(launch.scheduledStartAtMs),
    ...(launch.scheduledStopAtMs === null ? {} : { scheduledStopAt: toIso(launch.scheduledStopAtMs) }),
    ...(report.actualStartAtMs === null ? {} : { actualStartAt: toIso(report.actualStartAtMs) }),
    ...(report.actualEndAtMs === null ? {} : { actualEndAt: toIso(report.actualEndAtMs) }),
    ...(report.durationMs === null ? {} : { durationMs: report.durationMs }),
    metadata: {
      flowId: launch.flowId,
      flowName: launch.flowName,
      audienceId: launch.audienceId,
      didPool: [...launch.didPool],
      retryStrategy: launch.retryStrategy,
      ...(launch.pauseWindows === null ? {} : { pauseWindows: launch.pauseWindows }),
    },
    contactMetrics: contactMetrics(report.contacts),
    callMetrics: callMetrics(report.calls),
    billingMetrics: billingMetricsResponse(report.costs),
  }
}

function contactMetrics({ counts, total, reachRate }: ContactFigures): ContactMetrics {
  const { pending, queued, calling, pendingRetry, completed, failed, skipped } = counts
  return { totalContacts: total, pending, queued, calling, pendingRetry, completed, failed, skipped, reachRate }
}

function callMetrics({ counts, connected, connectionRate, answerRate }: CallFigures): CallMetrics {
  return {
    totalCalls: counts.started,
    connected,
    answered: counts.answered,
    voicemail: counts.voicemail,
    noAnswer: counts.noAnswer,
    busy: counts.busy,
    rejected: counts.rejected,
    failed: counts.failed,
    completed: counts.flowCompleted,
    connectionRate,
    answerRate,
  }
}
