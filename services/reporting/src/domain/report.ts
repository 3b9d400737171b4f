import type { ContactCounts, ExecutionStatus } from '@carillon/contracts/execution'
import type { CallMetrics, ContactMetrics, ProgramReport } from '@carillon/contracts/report'
import { percentage } from '@carillon/money/ratio'
import { toIso } from '@carillon/service-kit/domain/instant'
import { type CallCounts, connectedCalls } from './attempt-stats.ts'
import { billingMetrics, type ExecutionBilling } from './billing.ts'
import { type ExecutionProgress, effectiveStatus, isInPauseWindow, type Launch } from './execution.ts'

/** An execution, its launch and its state both known. */
export interface Execution {
  readonly launch: Launch
  readonly progress: ExecutionProgress & { readonly status: ExecutionStatus }
}

/** The main report of an execution at an instant. */
export function programReport({ launch, progress }: Execution, calls: CallCounts, billing: ExecutionBilling, now: number): ProgramReport {
  const inPauseWindow = isInPauseWindow(launch, now)
  return {
    executionId: launch.executionId,
    programId: launch.programId,
    organizationId: launch.organizationId,
    status: progress.status,
    effectiveStatus: effectiveStatus(progress.status, inPauseWindow),
    isInPauseWindow: inPauseWindow,
    scheduledStartAt: toIso(launch.scheduledStartAt),
    ...(launch.scheduledStopAt === null ? {} : { scheduledStopAt: toIso(launch.scheduledStopAt) }),
    ...timing(progress, now),
    metadata: {
      flowId: launch.flowId,
      flowName: launch.flowName,
      audienceId: launch.audienceId,
      didPool: [...launch.didPool],
      retryStrategy: launch.retryStrategy,
      ...(launch.pauseWindows === null ? {} : { pauseWindows: launch.pauseWindows }),
    },
    contactMetrics: contactMetrics(progress.counts),
    callMetrics: callMetrics(calls),
    billingMetrics: billingMetrics(billing),
  }
}

/** From the first moment of running to the end, or to now while it has not ended; nothing before it has run. */
function timing({ actualStartAt, actualEndAt }: ExecutionProgress, now: number) {
  return {
    ...(actualStartAt === null ? {} : { actualStartAt: toIso(actualStartAt) }),
    ...(actualEndAt === null ? {} : { actualEndAt: toIso(actualEndAt) }),
    // The instants come from other hosts, whose clocks may be some milliseconds ahead.
    ...(actualStartAt === null ? {} : { durationMs: Math.max(0, (actualEndAt ?? now) - actualStartAt) }),
  }
}

function contactMetrics(counts: ContactCounts): ContactMetrics {
  const { pending, queued, calling, pendingRetry, completed, failed, skipped } = counts
  // The sum itself, so that the invariant of contract rule 9 holds in every answer.
  const totalContacts = pending + queued + calling + pendingRetry + completed + failed + skipped
  return {
    totalContacts,
    pending,
    queued,
    calling,
    pendingRetry,
    completed,
    failed,
    skipped,
    reachRate: percentage(completed, totalContacts),
  }
}

function callMetrics(counts: CallCounts): CallMetrics {
  const connected = connectedCalls(counts)
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
    connectionRate: percentage(connected, counts.started),
    answerRate: percentage(counts.answered, counts.started),
  }
}
