import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { type ContactCounts, type ExecutionStatus, isTerminal } from '@carillon/contracts/execution'
import { fromIso } from '@carillon/contracts/instant'
import type { PauseWindows, RetryStrategy } from '@carillon/contracts/program'
import type { ExecutionContactsChanged, ExecutionLaunched, ExecutionLifecycle } from '@carillon/contracts/program-events'
import type { EffectiveStatus } from '@carillon/contracts/report'

/** A node of a flow as reports name it. */
export interface FlowNode {
  readonly id: string
  readonly type: string
  readonly label?: string
}

/** An execution as it was launched. */
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
  /** IANA name. The pause windows are wall-clock times of this zone. */
  readonly timezone: string
  readonly scheduledStartAtMs: number
  readonly scheduledStopAtMs: number | null
  readonly launchedAtMs: number
  /** Launched in test mode: its calls are simulated and free. */
  readonly isTest: boolean
}

/** The state of an execution. Status and counts each come from the event with the highest revision that has them. */
export interface ExecutionProgress {
  readonly executionId: string
  /** Null until an event with a status was seen. */
  readonly status: ExecutionStatus | null
  readonly statusRevision: number
  readonly counts: ContactCounts
  readonly countsRevision: number
  readonly actualStartAtMs: number | null
  readonly actualEndAtMs: number | null
}

/** An execution whose launch and status are both known. */
export interface Execution {
  readonly launch: Launch
  readonly progress: ExecutionProgress & { readonly status: ExecutionStatus }
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
    scheduledStartAtMs: fromIso(data.scheduledStartAt),
    scheduledStopAtMs: data.scheduledStopAt === null ? null : fromIso(data.scheduledStopAt),
    launchedAtMs: fromIso(time),
    isTest: data.test ?? false,
  }
}

/** An execution of which nothing but its launch is known. */
export function executionAtLaunch(event: ExecutionLaunched): Execution {
  return { launch: launchOf(event), progress: { ...progressOf(event), status: event.data.status } }
}

/** The progress that one event alone shows. */
function progressOf(event: ExecutionEvent): ExecutionProgress {
  const { executionId, revision, counts } = event.data
  const contacts = { executionId, counts, countsRevision: revision }
  if (event.type === 'execution.contacts_changed') {
    return { ...contacts, status: null, statusRevision: 0, actualStartAtMs: null, actualEndAtMs: null }
  }
  const { status } = event.data
  const atMs = fromIso(event.time)
  return {
    ...contacts,
    status,
    statusRevision: revision,
    actualStartAtMs: status === 'running' ? atMs : null,
    actualEndAtMs: isTerminal(status) ? atMs : null,
  }
}

/** Combines two parts of an execution's history. Neither their order nor repetition changes the result. */
function mergeProgress(one: ExecutionProgress, other: ExecutionProgress): ExecutionProgress {
  const status = other.statusRevision > one.statusRevision ? other : one
  const counts = other.countsRevision > one.countsRevision ? other : one
  return {
    executionId: one.executionId,
    status: status.status,
    statusRevision: status.statusRevision,
    counts: counts.counts,
    countsRevision: counts.countsRevision,
    actualStartAtMs: earlier(one.actualStartAtMs, other.actualStartAtMs),
    actualEndAtMs: earlier(one.actualEndAtMs, other.actualEndAtMs),
  }
}

/** The progress of each execution in a batch: what is stored, combined with the events. */
export function foldProgress(
  stored: ReadonlyMap<string, ExecutionProgress>,
  events: readonly ExecutionEvent[],
): Map<string, ExecutionProgress> {
  const folded = new Map<string, ExecutionProgress>()
  for (const event of events) {
    const { executionId } = event.data
    const before = folded.get(executionId) ?? stored.get(executionId)
    const progress = progressOf(event)
    folded.set(executionId, before ? mergeProgress(before, progress) : progress)
  }
  return folded
}

/** Whether the execution's pause windows, as they were at its launch, forbid calls now (contract rule 13). */
export function isInPauseWindow(launch: Launch, nowMs: number): boolean {
  return launch.pauseWindows !== null && compilePauseWindows(launch.pauseWindows, launch.timezone).windowAt(nowMs) !== null
}

/** The status that a report shows: it tells a manual pause from a pause window. */
export function effectiveStatus(status: ExecutionStatus, inPauseWindow: boolean): EffectiveStatus {
  if (status === 'paused') return 'paused_manual'
  if (status === 'running' && inPauseWindow) return 'paused_window'
  return status
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
