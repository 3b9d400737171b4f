import { repeatedNodes } from '@carillon/contracts/auto-pause-rule'
import type { FieldProblem } from '@carillon/contracts/error-body'
import { withoutNulls } from '@carillon/contracts/optional-null'
import type {
  AutoPauseRule,
  CallingHours,
  CreateProgramRequest,
  Pacing,
  PauseWindows,
  ProgramMode,
  ProgramStatus,
  UpdateProgramRequest,
} from '@carillon/contracts/program'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import { checkLaterDates, instantReader, orNull, pauseWindowsOf, retryStrategyOf, timezoneProblems } from './call-times.ts'

/** A campaign template (contract rule 2). Instants in `retryStrategy` and `pauseWindows` are ISO 8601 in UTC. */
export interface Program {
  id: string
  organizationId: string
  name: string
  mode: ProgramMode
  /** `archived` is a program that was deleted. */
  status: ProgramStatus
  audienceId: string
  flowId: string
  triggerCondition: TriggerCondition | null
  startAtMs: number
  stopAtMs: number | null
  /** In the order of the pool. */
  didIds: string[]
  retryStrategy: RetryStrategy
  pauseWindows: PauseWindows | null
  autoPauseRules: AutoPauseRule[] | null
  timezone: string | null
  callingHours: CallingHours | null
  pacing: Pacing | null
  amd: boolean | null
  createdAtMs: number
  updatedAtMs: number
}

/** Ids for a new program. */
export interface NewProgramIds {
  id: string
  /** Of the audience that a live program gets if the request names none. */
  audienceId: string
}

/** The program that a request describes. Throws a `ValidationError` with all problems of the request itself. */
export function newProgram(request: CreateProgramRequest, ids: NewProgramIds, organizationId: string, now: number): Program {
  const { audienceId, mode, ...others } = request
  const problems: FieldProblem[] = []
  const isLive = mode === 'live'
  if (!isLive && !audienceId) problems.push({ pointer: '/audienceId', message: 'is required for a batch program' })
  if (isLive && !request.triggerCondition) problems.push({ pointer: '/triggerCondition', message: 'is required for a live program' })
  const draft: Program = {
    id: ids.id,
    organizationId,
    name: request.name,
    mode: isLive ? 'live' : 'batch',
    status: 'draft',
    audienceId: isLive ? ids.audienceId : '',
    flowId: '',
    triggerCondition: null,
    startAtMs: 0,
    stopAtMs: null,
    didIds: [],
    retryStrategy: withoutNulls(request.retryStrategy),
    pauseWindows: null,
    autoPauseRules: null,
    timezone: null,
    callingHours: null,
    pacing: null,
    amd: null,
    createdAtMs: now,
    updatedAtMs: now,
  }
  const program = withSettings(draft, { ...others, ...(audienceId ? { audienceId } : {}) }, problems)
  checkLaterDates(program.retryStrategy, now)
  return program
}

/** A program after a change; null clears an optional setting. Throws a `ValidationError` like {@link newProgram}. */
export function changedProgram(program: Program, request: UpdateProgramRequest, now: number): Program {
  return withSettings({ ...program, updatedAtMs: now }, request, [])
}

function withSettings(before: Program, request: UpdateProgramRequest, problems: FieldProblem[]): Program {
  const program: Program = { ...before }
  const instant = instantReader(problems)

  if (program.mode === 'batch' && request.triggerCondition) {
    problems.push({ pointer: '/triggerCondition', message: 'must not be set for a batch program' })
  }
  if (program.mode === 'live' && request.triggerCondition !== undefined) {
    if (request.triggerCondition === null && before.triggerCondition !== null) {
      problems.push({ pointer: '/triggerCondition', message: 'is required for a live program' })
    }
    program.triggerCondition = request.triggerCondition
  }
  if (request.name !== undefined) program.name = request.name.trim()
  if (request.audienceId !== undefined) program.audienceId = request.audienceId.toLowerCase()
  if (request.flowId !== undefined) program.flowId = request.flowId.toLowerCase()
  if (request.didPool !== undefined) program.didIds = poolOf(request.didPool, problems)
  if (request.startAt !== undefined) program.startAtMs = instant('/startAt', request.startAt)
  if (request.stopAt !== undefined) program.stopAtMs = request.stopAt === null ? null : instant('/stopAt', request.stopAt)
  if (request.retryStrategy !== undefined) program.retryStrategy = retryStrategyOf(request.retryStrategy, instant, problems)
  if (request.pauseWindows !== undefined) program.pauseWindows = pauseWindowsOf(request.pauseWindows, instant, problems)
  if (request.autoPauseRules !== undefined) {
    program.autoPauseRules = request.autoPauseRules
    problems.push(...repeatedNodes(request.autoPauseRules ?? []))
  }
  if (request.timezone !== undefined) program.timezone = request.timezone
  if (request.callingHours !== undefined) program.callingHours = orNull(request.callingHours)
  if (request.pacing !== undefined) program.pacing = orNull(request.pacing)
  if (request.amd !== undefined) program.amd = request.amd

  problems.push(...timezoneProblems(program.timezone))
  if (program.stopAtMs !== null && program.stopAtMs <= program.startAtMs) {
    problems.push({ pointer: '/stopAt', message: 'must lie after startAt' })
  }
  if (problems.length > 0) throw invalidFields(problems)
  return program
}

function poolOf(didPool: readonly string[], problems: FieldProblem[]): string[] {
  const ids = didPool.map((id) => id.toLowerCase())
  if (new Set(ids).size < ids.length) problems.push({ pointer: '/didPool', message: 'must not hold a DID twice' })
  return ids
}
