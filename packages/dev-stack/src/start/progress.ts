import type { CompiledPauseWindows } from '@carillon/calling-time/pause-windows'
import { terminalStatuses } from '@carillon/contracts/execution'
import type { AttemptBreakdown, ProgramReport } from '@carillon/contracts/report'
import { type AttemptProgress, estimateEnd } from './estimate.ts'

/** What the API said at one moment. `realMs` is of the real clock, `nowMs` of the platform's, both epoch milliseconds. */
export interface Sample {
  realMs: number
  nowMs: number
  report: ProgramReport
  perAttempt: readonly AttemptBreakdown[]
  balance: number
}

/** What is known of a watched execution so far. */
export interface Progress {
  latest: Sample
  /** Those of the last seconds, oldest first. */
  recent: readonly Sample[]
  /** Platform time in which calls were being started. */
  activeMs: number
  /** By attempt number, the first at index 0: when its count was seen to grow last. */
  lastStartedMs: readonly number[]
}

const recentMs = 5_000

/** The progress with one more sample. */
export function followed(progress: Progress | null, sample: Sample): Progress {
  const before = progress?.latest
  const counts = sample.perAttempt.map((attempt) => attempt.callsAttempted)
  const lastStartedMs = counts.map((attempted, index) =>
    attempted > (before?.perAttempt[index]?.callsAttempted ?? 0) ? sample.nowMs : (progress?.lastStartedMs[index] ?? sample.nowMs),
  )
  const recent = [...(progress?.recent ?? []).filter(({ realMs }) => realMs >= sample.realMs - recentMs), sample]
  const isActive = sample.report.callMetrics.totalCalls > (recent[0] ?? sample).report.callMetrics.totalCalls
  const elapsedMs = before ? sample.nowMs - before.nowMs : 0
  return { latest: sample, recent, activeMs: (progress?.activeMs ?? 0) + (isActive ? elapsedMs : 0), lastStartedMs }
}

/** Calls started per second over the last seconds, in platform time and in real time. */
export function callRates({ recent, latest }: Progress): { perSecond: number; perRealSecond: number } {
  const [oldest = latest] = recent
  const calls = latest.report.callMetrics.totalCalls - oldest.report.callMetrics.totalCalls
  return { perSecond: per(calls, latest.nowMs - oldest.nowMs), perRealSecond: per(calls, latest.realMs - oldest.realMs) }
}

/** Milliseconds of platform time that are probably left; null where nobody can say, and after the end. */
export function timeLeftMs(progress: Progress, windows: CompiledPauseWindows): number | null {
  const { report, nowMs, perAttempt } = progress.latest
  if (report.status !== 'running' && report.status !== 'scheduled') return null
  const { pending, pendingRetry, queued, calling } = report.contactMetrics
  const contacts = { pending, pendingRetry, inProgress: queued + calling }
  const attempts = perAttempt.map(
    (attempt, index): AttemptProgress => ({
      attempted: attempt.callsAttempted,
      reached: attempt.callsAnswered,
      lastStartedMs: progress.lastStartedMs[index] ?? nowMs,
    }),
  )
  const startMs = Math.max(nowMs, report.status === 'scheduled' ? Date.parse(report.scheduledStartAt) : nowMs)
  const callsPerSecond = per(report.callMetrics.totalCalls, progress.activeMs)
  const { retryStrategy } = report.metadata
  const endMs = estimateEnd({ nowMs: startMs, contacts, attempts, callsPerSecond, retryStrategy, windows })
  const stopMs = report.scheduledStopAt === undefined ? null : Date.parse(report.scheduledStopAt)
  if (endMs === null) return stopMs === null ? null : stopMs - nowMs
  return Math.max(0, Math.min(endMs, stopMs ?? endMs) - nowMs)
}

/** Whether the execution has ended and its last calls with it. */
export function isOver(report: ProgramReport): boolean {
  const { contactMetrics, callMetrics } = report
  const hasEnded = terminalStatuses.some((status) => status === report.status)
  // A report is a cut: with its last contact it has all calls and credits.
  return hasEnded && contactMetrics.queued + contactMetrics.calling === 0 && endedCalls(report) === callMetrics.totalCalls
}

function endedCalls({ callMetrics }: ProgramReport): number {
  const { answered, voicemail, noAnswer, busy, rejected, failed } = callMetrics
  return answered + voicemail + noAnswer + busy + rejected + failed
}

function per(amount: number, durationMs: number): number {
  return durationMs > 0 ? (amount * 1000) / durationMs : 0
}
