import type { ContactCounts, ExecutionStatus } from '@carillon/contracts/execution'
import type { EffectiveStatus } from '@carillon/contracts/report'
import { percentage } from '@carillon/money/ratio'
import { type CallCounts, connectedCalls } from './attempt-stats.ts'
import { type CostSummary, costSummary, type ExecutionBilling } from './billing.ts'
import { type Execution, type ExecutionProgress, effectiveStatus, isInPauseWindow, type Launch } from './execution.ts'

/** The main report of an execution. */
export interface ExecutionReport {
  readonly launch: Launch
  readonly status: ExecutionStatus
  readonly effectiveStatus: EffectiveStatus
  readonly isInPauseWindow: boolean
  /** Null until the execution has run. */
  readonly actualStartAtMs: number | null
  /** Null until the execution has ended. */
  readonly actualEndAtMs: number | null
  /** From the actual start to the actual end, or to now. Null until the execution has run. */
  readonly durationMs: number | null
  readonly contacts: ContactFigures
  readonly calls: CallFigures
  readonly costs: CostSummary
}

export interface ContactFigures {
  readonly counts: ContactCounts
  readonly total: number
  /** Percentage of the contacts that were reached. */
  readonly reachRate: number
}

export interface CallFigures {
  readonly counts: CallCounts
  readonly connected: number
  /** Percentage of connected calls. */
  readonly connectionRate: number
  /** Percentage of answered calls. */
  readonly answerRate: number
}

/** The report as of `nowMs`. */
export function reportOf({ launch, progress }: Execution, calls: CallCounts, billing: ExecutionBilling, nowMs: number): ExecutionReport {
  const inPauseWindow = isInPauseWindow(launch, nowMs)
  return {
    launch,
    status: progress.status,
    effectiveStatus: effectiveStatus(progress.status, inPauseWindow),
    isInPauseWindow: inPauseWindow,
    actualStartAtMs: progress.actualStartAtMs,
    actualEndAtMs: progress.actualEndAtMs,
    durationMs: durationMsOf(progress, nowMs),
    contacts: contactFigures(progress.counts),
    calls: callFigures(calls),
    costs: costSummary(billing),
  }
}

function durationMsOf({ actualStartAtMs, actualEndAtMs }: ExecutionProgress, nowMs: number): number | null {
  if (actualStartAtMs === null) return null
  // The instants come from other hosts, whose clocks may be some milliseconds ahead.
  return Math.max(0, (actualEndAtMs ?? nowMs) - actualStartAtMs)
}

function contactFigures(counts: ContactCounts): ContactFigures {
  // The total is always the sum, so contract rule 9 holds in every report.
  const { pending, queued, calling, pendingRetry, completed, failed, skipped } = counts
  const total = pending + queued + calling + pendingRetry + completed + failed + skipped
  return { counts, total, reachRate: percentage(completed, total) }
}

function callFigures(counts: CallCounts): CallFigures {
  const connected = connectedCalls(counts)
  return {
    counts,
    connected,
    connectionRate: percentage(connected, counts.started),
    answerRate: percentage(counts.answered, counts.started),
  }
}
