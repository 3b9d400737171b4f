import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { type ContactCounts, type ExecutionStatus, isTerminal } from '@carillon/contracts/execution'
import { fromIso } from '@carillon/contracts/instant'
import type { PauseWindows } from '@carillon/contracts/program'
import type { ExecutionChanged, ExecutionContactsChanged, ExecutionLaunched, ExecutionLifecycle } from '@carillon/contracts/program-events'
import type { EffectiveStatus } from '@carillon/contracts/report'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'

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
  /** Whether its events tell their position. Those of an older execution do not. */
  readonly hasPositions: boolean
  /** Launched in test mode: its calls are simulated and free. */
  readonly isTest: boolean
}

/** The state of an execution. */
export interface ExecutionProgress {
  readonly status: ExecutionStatus
  readonly counts: ContactCounts
  readonly actualStartAtMs: number | null
  readonly actualEndAtMs: number | null
}

/** What one event says about an execution. */
export interface ExecutionStep {
  readonly executionId: string
  /** Of the last event of its calls that the orchestrator had read; 0 if the event does not say so. */
  readonly position: number
  readonly revision: number
  readonly atMs: number
  /** Null in an event that does not change it. */
  readonly status: ExecutionStatus | null
  /** The contacts at positions that rise, the event's own last. */
  readonly contacts: readonly ContactsAt[]
}

/** A position, and the number of contacts in each status after what happened there, in the order of `contactStatuses`. */
export type ContactsAt = readonly number[]

/** An execution, as far as a report shows it. */
export interface Execution {
  readonly launch: Launch
  readonly progress: ExecutionProgress
}

export type ExecutionEvent = ExecutionLaunched | ExecutionLifecycle | ExecutionChanged | ExecutionContactsChanged

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
    hasPositions: data.position !== undefined,
    isTest: data.test ?? false,
  }
}

/** An execution of which nothing but its launch is known. */
export function executionAtLaunch(event: ExecutionLaunched): Execution {
  const { status, counts } = event.data
  return {
    launch: launchOf(event),
    progress: { status, counts, actualStartAtMs: status === 'running' ? fromIso(event.time) : null, actualEndAtMs: null },
  }
}

export function stepOf(event: ExecutionEvent): ExecutionStep {
  const { executionId, revision, position = 0, counts } = event.data
  const isStatus = event.type !== 'execution.contacts_changed'
  const earlier = event.type === 'execution.contacts_changed' ? (event.data.steps ?? []) : []
  return {
    executionId,
    position,
    revision,
    atMs: fromIso(event.time),
    status: isStatus ? event.data.status : null,
    contacts: [...earlier, [position, ...inOrderOfStatuses(counts)]],
  }
}

/**
 * The state at a position, from the steps up to there, in any order, and the one that comes next, which may have reached it in part.
 *
 * @param atMs of what commands and orders did, only what had happened by this instant. What a call's event did belongs to its position, whenever the
 *   orchestrator read it.
 */
export function progressAt(steps: readonly ExecutionStep[], position: number, atMs = Number.POSITIVE_INFINITY): ExecutionProgress {
  const ordered = [...steps].sort((a, b) => a.position - b.position || a.revision - b.revision)
  const statuses = ordered.filter((step) => step.status !== null && step.position <= position && step.atMs <= atMs)
  const { status } = statuses.at(-1) ?? {}
  if (!status) throw new Error('an execution has a status from its launch on')
  const firstAt = (is: (step: ExecutionStep) => boolean) => statuses.filter(is).reduce<number | null>(earlier, null)
  return {
    status,
    counts: contactsAt(ordered, position, atMs),
    actualStartAtMs: firstAt((step) => step.status === 'running'),
    actualEndAtMs: firstAt((step) => step.status !== null && isTerminal(step.status)),
  }
}

function earlier(one: number | null, { atMs }: ExecutionStep): number {
  return Math.min(one ?? atMs, atMs)
}

/** The contacts at a position. The first that is told of a position is what the call's event did there; the rest are commands and orders. */
function contactsAt(ordered: readonly ExecutionStep[], position: number, atMs: number): ContactCounts {
  let last: ContactsAt | undefined
  let lastPosition = -1
  for (const step of ordered) {
    for (const contacts of step.contacts) {
      const [at = 0] = contacts
      if (at > position) continue
      if (step.atMs <= atMs || at > lastPosition) last = contacts
      lastPosition = Math.max(lastPosition, at)
    }
  }
  if (!last) throw new Error('an execution has contacts from its launch on')
  const [, pending = 0, queued = 0, calling = 0, pendingRetry = 0, completed = 0, failed = 0, skipped = 0] = last
  return { pending, queued, calling, pendingRetry, completed, failed, skipped }
}

function inOrderOfStatuses({ pending, queued, calling, pendingRetry, completed, failed, skipped }: ContactCounts): number[] {
  return [pending, queued, calling, pendingRetry, completed, failed, skipped]
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
