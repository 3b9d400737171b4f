import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { type ContactCounts, type ExecutionStatus, isTerminal } from '@carillon/contracts/execution'
import type { PauseWindows, RetryStrategy } from '@carillon/contracts/program'
import type { ExecutionContactsChanged, ExecutionLaunched, ExecutionLifecycle } from '@carillon/contracts/program-events'
import type { EffectiveStatus } from '@carillon/contracts/report'
import { fromIso } from '@carillon/service-kit/domain/instant'

/** A node of a flow as reports name it. */
export interface FlowNode {
  readonly id: string
  readonly type: string
  readonly label?: string
}

/** An execution as it was launched. Instants are epoch milliseconds. */
export interface Launch {
  readonly executionId: string
  readonly organizationId: string
  readonly programId: string
  readonly programName: string
  readonly audienceId: string
  readonly flowId: string
  readonly flowVersion: number
  readonly flowName: string
  readonly nodes: readonly FlowNode[]
  readonly didPool: readonly string[]
  readonly retryStrategy: RetryStrategy
  readonly pauseWindows: PauseWindows | null
  /** IANA name, of the wall clock that the pause windows mean. */
  readonly timezone: string
  readonly scheduledStartAt: number
  readonly scheduledStopAt: number | null
  readonly launchedAt: number
}

/** How far an execution has come. Each part is of the highest revision that was seen to say it. */
export interface ExecutionProgress {
  readonly executionId: string
  /** Null while only its contacts were heard of. */
  readonly status: ExecutionStatus | null
  readonly statusRevision: number
  readonly counts: ContactCounts
  readonly countsRevision: number
  readonly actualStartAt: number | null
  readonly actualEndAt: number | null
}

export type ExecutionEvent = ExecutionLaunched | ExecutionLifecycle | ExecutionContactsChanged

export function launchOf({ organizationId, time, data }: ExecutionLaunched): Launch {
  return {
    executionId: data.executionId,
    organizationId,
    programId: data.programId,
    programName: data.programName,
    audienceId: data.audienceId,
    flowId: data.flowId,
    flowVersion: data.flowVersion,
    flowName: data.flowName,
    nodes: data.nodes,
    didPool: data.didPool,
    retryStrategy: data.retryStrategy,
    pauseWindows: data.pauseWindows,
    timezone: data.timezone,
    scheduledStartAt: fromIso(data.scheduledStartAt),
    scheduledStopAt: data.scheduledStopAt === null ? null : fromIso(data.scheduledStopAt),
    launchedAt: fromIso(time),
  }
}

/** What one event says about its execution's progress. */
function progressOf(event: ExecutionEvent): ExecutionProgress {
  const { executionId, revision, counts } = event.data
  const heard = { executionId, counts, countsRevision: revision }
  if (event.type === 'execution.contacts_changed') {
    return { ...heard, status: null, statusRevision: 0, actualStartAt: null, actualEndAt: null }
  }
  const { status } = event.data
  const at = fromIso(event.time)
  return {
    ...heard,
    status,
    statusRevision: revision,
    actualStartAt: status === 'running' ? at : null,
    actualEndAt: isTerminal(status) ? at : null,
  }
}

/** What two parts of an execution's history say together, in whichever order they came and however often. */
function mergeProgress(one: ExecutionProgress, other: ExecutionProgress): ExecutionProgress {
  const status = other.statusRevision > one.statusRevision ? other : one
  const counts = other.countsRevision > one.countsRevision ? other : one
  return {
    executionId: one.executionId,
    status: status.status,
    statusRevision: status.statusRevision,
    counts: counts.counts,
    countsRevision: counts.countsRevision,
    actualStartAt: earlier(one.actualStartAt, other.actualStartAt),
    actualEndAt: earlier(one.actualEndAt, other.actualEndAt),
  }
}

/** The progress of each execution in a batch, from what was stored and what its events say. */
export function foldProgress(
  stored: ReadonlyMap<string, ExecutionProgress>,
  events: readonly ExecutionEvent[],
): Map<string, ExecutionProgress> {
  const folded = new Map<string, ExecutionProgress>()
  for (const event of events) {
    const { executionId } = event.data
    const before = folded.get(executionId) ?? stored.get(executionId)
    const heard = progressOf(event)
    folded.set(executionId, before ? mergeProgress(before, heard) : heard)
  }
  return folded
}

/** Whether calls must not be made now, by the pause windows that the execution was launched with (contract rule 13). */
export function isInPauseWindow(launch: Launch, now: number): boolean {
  return launch.pauseWindows !== null && compilePauseWindows(launch.pauseWindows, launch.timezone).windowAt(now) !== null
}

/** Seed: Effective Status Logic. */
export function effectiveStatus(status: ExecutionStatus, inPauseWindow: boolean): EffectiveStatus {
  if (status === 'paused') return 'paused_manual'
  if (status === 'running' && inPauseWindow) return 'paused_window'
  return status
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
