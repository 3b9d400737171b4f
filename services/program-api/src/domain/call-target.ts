import { isReservedVariable, isVariableName } from '@carillon/call-flow/variable'
import type { CreateCallRequest } from '@carillon/contracts/call-request'
import type { FieldProblem } from '@carillon/contracts/error-body'
import type { CallingHours, PauseWindows } from '@carillon/contracts/program'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import { checkLaterDates, instantReader, orNull, pauseWindowsOf, retryStrategyOf, timezoneProblems } from './call-times.ts'

/** When the number of a request is called. Instants in it are ISO 8601 in UTC. */
export interface RequestedTimes {
  retryStrategy: RetryStrategy
  pauseWindows: PauseWindows | null
  callingHours: CallingHours | null
}

/** Checks what a request for one call says itself. Throws a `ValidationError` with all problems. */
export function requestedTimes(request: CreateCallRequest, nowMs: number): RequestedTimes {
  const problems: FieldProblem[] = []
  const instant = instantReader(problems)
  const { to, contactId, timezone = null, startAt, expiresAt } = request
  if (!to && !contactId) problems.push({ pointer: '/to', message: 'is required without a contactId' })
  problems.push(...variableProblems(request.variables ?? {}), ...timezoneProblems(timezone))
  const startAtMs = startAt ? instant('/startAt', startAt) : nowMs
  if (expiresAt && instant('/expiresAt', expiresAt) <= Math.max(startAtMs, nowMs)) {
    problems.push({ pointer: '/expiresAt', message: startAt ? 'must lie ahead, and after startAt' : 'must lie ahead' })
  }
  const times = {
    retryStrategy: retryStrategyOf(request.retryStrategy ?? { type: 'none' }, instant, problems),
    pauseWindows: pauseWindowsOf(request.pauseWindows, instant, problems),
    callingHours: orNull(request.callingHours ?? null),
  }
  if (problems.length > 0) throw invalidFields(problems)
  checkLaterDates(times.retryStrategy, nowMs)
  return times
}

function variableProblems(variables: NonNullable<CreateCallRequest['variables']>): FieldProblem[] {
  return Object.keys(variables).flatMap((name) => {
    const pointer = `/variables/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!isVariableName(name)) return [{ pointer, message: 'is not the name of a variable' }]
    return isReservedVariable(name) ? [{ pointer, message: 'is set by the platform only' }] : []
  })
}
