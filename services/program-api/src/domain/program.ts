import { isTimezone } from '@carillon/calling-time/timezone'
import { repeatedNodes } from '@carillon/contracts/auto-pause-rule'
import type { FieldProblem } from '@carillon/contracts/error-body'
import { toIso } from '@carillon/contracts/instant'
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
import type { RetryStrategy, RetryStrategyInput } from '@carillon/contracts/retry-strategy'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { invalidField, invalidFields } from '@carillon/service-kit/domain/domain-error'

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
  const instant = (pointer: string, text: string) => {
    const atMs = Date.parse(text)
    // A leap second has the form of an instant, but a JavaScript date cannot hold it.
    if (Number.isNaN(atMs)) problems.push({ pointer, message: 'is not an instant' })
    return atMs
  }

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

  if (program.timezone !== null && !isTimezone(program.timezone)) {
    problems.push({ pointer: '/timezone', message: 'is not the IANA name of a time zone' })
  }
  if (program.stopAtMs !== null && program.stopAtMs <= program.startAtMs) {
    problems.push({ pointer: '/stopAt', message: 'must lie after startAt' })
  }
  if (problems.length > 0) throw invalidFields(problems)
  return program
}

const orNull = <T>(setting: T) => (setting ? withoutNulls(setting) : null)

type ReadInstant = (pointer: string, text: string) => number

function poolOf(didPool: readonly string[], problems: FieldProblem[]): string[] {
  const ids = didPool.map((id) => id.toLowerCase())
  if (new Set(ids).size < ids.length) problems.push({ pointer: '/didPool', message: 'must not hold a DID twice' })
  return ids
}

/** Retry dates in UTC. They must ascend. */
function retryStrategyOf(input: RetryStrategyInput, instant: ReadInstant, problems: FieldProblem[]): RetryStrategy {
  const strategy = withoutNulls(input)
  if (strategy.type !== 'scheduled') return strategy
  const pointer = (index: number) => `/retryStrategy/retryDates/${index}`
  const dates = strategy.retryDates.map((text, index) => instant(pointer(index), text))
  for (const [index, atMs] of dates.entries()) {
    if (atMs <= (dates[index - 1] ?? -Infinity)) problems.push({ pointer: pointer(index), message: 'must lie after the date before it' })
  }
  return { ...strategy, retryDates: dates.map(isoOrEmpty) }
}

/** Contract rule 29. */
function checkLaterDates(strategy: RetryStrategy, now: number): void {
  if (strategy.type !== 'scheduled' || strategy.retryDates.some((date) => Date.parse(date) > now)) return
  throw invalidField('/retryStrategy/retryDates', 'must hold a date that lies ahead')
}

function pauseWindowsOf(input: UpdateProgramRequest['pauseWindows'], instant: ReadInstant, problems: FieldProblem[]): PauseWindows | null {
  const windows = orNull(input)
  if (!windows?.advanced) return windows
  const advanced = windows.advanced.map((range, index) => {
    const pointer = `/pauseWindows/advanced/${index}`
    const startAtMs = instant(`${pointer}/startAt`, range.startAt)
    const endAtMs = instant(`${pointer}/endAt`, range.endAt)
    if (endAtMs <= startAtMs) problems.push({ pointer: `${pointer}/endAt`, message: 'must lie after startAt' })
    return { startAt: isoOrEmpty(startAtMs), endAt: isoOrEmpty(endAtMs) }
  })
  return { ...windows, advanced }
}

/** Empty for an instant that could not be read: the request is refused because of it. */
const isoOrEmpty = (atMs: number) => (Number.isNaN(atMs) ? '' : toIso(atMs))
