import { type ContactCounts, type ExecutionStatus, isTerminal, type PausedBy } from '@carillon/contracts/execution'
import type { Identity } from '@carillon/contracts/identity'
import type { AutoPauseRule, CallingHours, PauseWindows } from '@carillon/contracts/program'
import type { ExecutionLifecycle } from '@carillon/contracts/program-events'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { DomainError, forbiddenInTestMode, invalidField } from '@carillon/service-kit/domain/domain-error'
import { initialCounts, inProgress, skipWaiting, waiting } from './contact-counts.ts'
import { countersAfterResume, countRuns, type NodeCounter, type NodeRun } from './node-counters.ts'

/** What the launch fixed. It never changes, but for pacing, stop and the zones and number of contacts, which a command may change. Instants are epoch milliseconds. */
export interface ExecutionPlan {
  id: string
  organizationId: string
  programId: string
  programName: string
  audienceId: string
  flowId: string
  flowVersion: number
  flowName: string
  nodes: { id: string; type: string; label?: string }[]
  /** The pool's DIDs that were active at launch. */
  dids: { id: string; number: string }[]
  retryStrategy: RetryStrategy
  pauseWindows: PauseWindows | null
  callingHours: CallingHours | null
  timezone: string
  /** The zones of the contacts: see contact-hours.ts. */
  zones: string[]
  maxConcurrentCalls: number
  /** Null: only `maxConcurrentCalls` limits the starts. */
  callsPerSecond: number | null
  amd: boolean | null
  /** Launched in test mode: its calls are simulated and free. */
  isTest: boolean
  lane: number
  scheduledStartAtMs: number
  scheduledStopAtMs: number | null
  /** At the launch. More join an execution of a live program. */
  totalContacts: number
  /** Only of a live program: by which date its contacts are called. */
  triggerCondition: TriggerCondition | null
  createdAtMs: number
}

/** What changes while an execution runs. */
export interface ExecutionState {
  status: ExecutionStatus
  /** Of the last event about it. */
  revision: number
  counts: ContactCounts
  /** Of the last event of its calls that was read, in the calls' lane; 0 before the first. What is said of the execution is based on these events. */
  position: number
  /** How many times the rotation has given a DID: its position in the pool. */
  didCursor: number
  actualStartAtMs: number | null
  actualEndAtMs: number | null
  /** Of the nodes that have an auto-pause rule and have run; none at the end. */
  nodeCounters: NodeCounter[]
  /** The rule that paused it, while it is `paused_threshold`. */
  pausedBy: PausedBy | null
  /** Ended, without a call in progress, and the row of every skipped contact is written: no lane has to look at it again. */
  settled: boolean
}

/** Calls of a test execution at once, at most: they are free, and share the channels with live calls. */
export const maxConcurrentTestCalls = 20

/** A whole execution, as commands and answers see it. */
export interface Execution {
  plan: ExecutionPlan
  state: ExecutionState
  autoPauseRules: AutoPauseRule[] | null
  updatedAtMs: number
}

export interface Transition {
  type: ExecutionLifecycle['type']
  state: ExecutionState
}

const pausedStatuses: readonly ExecutionStatus[] = ['paused', 'paused_no_credits', 'paused_threshold']

export const isLive = (state: ExecutionState) => !isTerminal(state.status)

/** The first state: `scheduled` if the start lies ahead, else `running` (contract rule 14). */
export function launchState(plan: ExecutionPlan, nowMs: number): ExecutionState {
  const isScheduled = plan.scheduledStartAtMs > nowMs
  return {
    status: isScheduled ? 'scheduled' : 'running',
    revision: 1,
    counts: initialCounts(plan.totalContacts),
    position: 0,
    didCursor: 0,
    actualStartAtMs: isScheduled ? null : nowMs,
    actualEndAtMs: null,
    nodeCounters: [],
    pausedBy: null,
    settled: false,
  }
}

/** A request in test mode cannot command a live execution. A live one may command a test execution: that harms nobody. */
export function checkMode({ isTest }: ExecutionPlan, { test }: Pick<Identity, 'test'>): void {
  if (test && !isTest) throw forbiddenInTestMode('This is a live execution. A request in test mode cannot change it')
}

/*
 * Commands of users. They throw an InvalidExecutionStateError if the status does not allow them.
 */

export function pause(state: ExecutionState): Transition {
  if (state.status !== 'running') throw invalidState('Execution is not in running state', state)
  return next(state, 'execution.paused', { status: 'paused' })
}

/**
 * @param rules the auto-pause rules that are valid from now on.
 * @param areReplaced whether this command brings them.
 */
export function resume(state: ExecutionState, rules: readonly AutoPauseRule[], areReplaced: boolean): Transition {
  if (!pausedStatuses.includes(state.status)) {
    throw invalidState('Execution is not in paused, paused_no_credits, or paused_threshold state', state)
  }
  const nodeCounters = countersAfterResume(state.nodeCounters, rules, areReplaced, state.status === 'paused_threshold')
  return next(state, 'execution.resumed', { status: 'running', nodeCounters })
}

export function cancel(state: ExecutionState, nowMs: number): Transition {
  if (!isLive(state)) throw invalidState('Execution has already ended', state)
  return end(state, 'execution.cancelled', 'cancelled', nowMs)
}

/** What a command changes of an execution. What is absent stays. */
export interface SettingsChange {
  maxConcurrentCalls?: number
  /** Null: no limit. */
  callsPerSecond?: number | null
  /** Null: it ends when every contact is done. */
  scheduledStopAtMs?: number | null
}

/** Other pacing, or another stop. Throws a `ValidationError` for a stop that is not ahead, and after the start. */
export function changeSettings(
  { plan, state }: Pick<Execution, 'plan' | 'state'>,
  change: SettingsChange,
  nowMs: number,
): { plan: ExecutionPlan; state: ExecutionState } {
  if (!isLive(state)) throw invalidState('Execution has already ended', state)
  const after = { ...plan, ...change }
  const stopAtMs = change.scheduledStopAtMs ?? null
  if (stopAtMs !== null && stopAtMs <= nowMs) throw invalidField('/stopAt', 'must lie ahead')
  if (stopAtMs !== null && stopAtMs <= plan.scheduledStartAtMs) throw invalidField('/stopAt', 'must lie after the start')
  if (plan.isTest) after.maxConcurrentCalls = Math.min(after.maxConcurrentCalls, maxConcurrentTestCalls)
  return { plan: after, state: { ...state, revision: state.revision + 1 } }
}

/** A call could be made and the organization has no credits (contract rule 32). A resume lets it go on. */
export function pauseForCredits(state: ExecutionState): Transition {
  return next(state, 'execution.paused', { status: 'paused_no_credits' })
}

/** What runs of nodes change: the counters, and the status where a rule's threshold is reached. */
export interface AfterRuns {
  /** With the new counters. */
  state: ExecutionState
  /** From that state, if a rule pauses the execution. */
  transition: Transition | undefined
}

/** @param runs of nodes with a rule, each once. They count until the execution ends. Only a running execution is paused. */
export function afterRuns(state: ExecutionState, rules: readonly AutoPauseRule[], runs: readonly NodeRun[]): AfterRuns {
  if (runs.length === 0 || !isLive(state)) return { state, transition: undefined }
  const { counters, pausedBy } = countRuns(state.nodeCounters, rules, runs, state.status === 'running')
  const counted = { ...state, nodeCounters: counters }
  return { state: counted, transition: pausedBy ? next(counted, 'execution.paused', { status: 'paused_threshold', pausedBy }) : undefined }
}

/*
 * How time and calls change an execution. Undefined: not at all.
 */

/** At `stopAt` it is stopped, also while paused or scheduled. At `startAt` it runs. */
export function afterTime(plan: ExecutionPlan, state: ExecutionState, nowMs: number): Transition | undefined {
  if (isLive(state) && plan.scheduledStopAtMs !== null && plan.scheduledStopAtMs <= nowMs) {
    return end(state, 'execution.stopped', 'stopped', nowMs)
  }
  if (state.status === 'scheduled' && plan.scheduledStartAtMs <= nowMs) {
    return next(state, 'execution.started', { status: 'running', actualStartAtMs: nowMs })
  }
  return undefined
}

/** Completed once no contact waits and no call is in progress, also while paused. */
export function afterLastContact(state: ExecutionState, nowMs: number): Transition | undefined {
  if (!isLive(state) || waiting(state.counts) + inProgress(state.counts) > 0) return undefined
  return next(state, 'execution.completed', { status: 'completed', actualEndAtMs: nowMs, nodeCounters: [], settled: true })
}

function end(state: ExecutionState, type: Transition['type'], status: ExecutionStatus, nowMs: number): Transition {
  return next(state, type, { status, counts: skipWaiting(state.counts), actualEndAtMs: nowMs, nodeCounters: [] })
}

function next(state: ExecutionState, type: Transition['type'], change: Partial<ExecutionState>): Transition {
  return { type, state: { ...state, pausedBy: null, ...change, revision: state.revision + 1 } }
}

export function invalidState(message: string, state: ExecutionState): DomainError {
  return new DomainError('invalid', 'InvalidExecutionStateError', `${message}: it is ${state.status}`)
}
