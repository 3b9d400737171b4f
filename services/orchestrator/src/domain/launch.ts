import { firstOpen } from '@carillon/calling-time/open-time'
import { type CompiledPauseWindows, compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { fromIso } from '@carillon/contracts/instant'
import { laneOf } from '@carillon/contracts/lane'
import type { Answered, questions } from '@carillon/contracts/questions'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { type ExecutionPlan, maxConcurrentTestCalls } from './execution.ts'

/*
 * program-api decides whether a program may be launched: its answer is the snapshot, or a refusal. Only what it cannot know is decided here:
 * whether the program is already running, and whether any contact arrived.
 */

/** The organization's settings for what the program does not say (contract rule 19). */
export type OrganizationDefaults = Answered<typeof questions.organizationDefaults>

/** A program as it is now, with its flow and the active DIDs of its pool. */
export type LaunchSnapshot = Answered<typeof questions.launchSnapshot>

export interface LaunchContext {
  /** Of the new execution. */
  id: string
  organizationId: string
  defaults: OrganizationDefaults
  /** For what neither the program nor its organization says. */
  timezone: string
  maxConcurrentCalls: number
  isTest: boolean
  nowMs: number
}

/** The plan of a new execution. It has no contacts until they are copied. Throws for a schedule that cannot be compiled. */
export function planLaunch({ program, flow, dids }: LaunchSnapshot, context: LaunchContext): ExecutionPlan {
  const timezone = program.timezone ?? context.timezone
  checkOpen(compilePauseWindows(program.pauseWindows, timezone), program, context.nowMs)
  const { defaults } = context
  const maxConcurrentCalls = program.pacing?.maxConcurrentCalls ?? defaults.pacing?.maxConcurrentCalls ?? context.maxConcurrentCalls
  return {
    id: context.id,
    organizationId: context.organizationId,
    programId: program.id,
    programName: program.name,
    audienceId: program.audienceId,
    flowId: flow.id,
    flowVersion: flow.version,
    flowName: flow.name,
    nodes: flow.graph.nodes.map(({ id, type, label }) => ({ id, type, ...(label === undefined ? {} : { label }) })),
    dids,
    retryStrategy: program.retryStrategy,
    pauseWindows: program.pauseWindows,
    callingHours: program.callingHours ?? defaults.callingHours,
    timezone,
    zones: [],
    maxConcurrentCalls: context.isTest ? Math.min(maxConcurrentCalls, maxConcurrentTestCalls) : maxConcurrentCalls,
    callsPerSecond: program.pacing?.callsPerSecond ?? defaults.pacing?.callsPerSecond ?? null,
    amd: program.amd ?? defaults.amd,
    isTest: context.isTest,
    lane: laneOf(context.id),
    scheduledStartAtMs: fromIso(program.startAt),
    scheduledStopAtMs: program.stopAt === null ? null : fromIso(program.stopAt),
    totalContacts: 0,
    triggerCondition: program.mode === 'live' ? program.triggerCondition : null,
    createdAtMs: context.nowMs,
  }
}

/** Refuses a launch after which nobody could be called (contract rule 36). */
function checkOpen(windows: CompiledPauseWindows, { startAt, stopAt }: LaunchSnapshot['program'], nowMs: number): void {
  const fromMs = Math.max(nowMs, fromIso(startAt))
  if (firstOpen(windows, fromMs, stopAt === null ? undefined : fromIso(stopAt)) !== null) return
  throw invalidField('/pauseWindows', `leave no time to call ${stopAt === null ? 'at all' : 'before stopAt'}`)
}

export const audienceEmpty = () => new DomainError('invalid', 'AudienceEmptyError', 'Audience has no contacts')

export const programChanged = () =>
  new DomainError('conflict', 'ProgramStatusConflictError', 'The program was changed while it was launched')

export const stagingLost = () =>
  new DomainError('unavailable', 'ServiceUnavailableError', 'The launch stood still for too long and was given up. Launch again')

export const tooManyLaunches = (limit: number) =>
  new DomainError(
    'too_many',
    'TooManyRequestsError',
    `The organization launches ${limit} programs already. Wait until one of them is launched`,
  )

export const executionAlreadyRunning = () =>
  new DomainError('invalid', 'ExecutionAlreadyRunningError', 'Program already has a running execution')
