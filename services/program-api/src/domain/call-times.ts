import { isTimezone } from '@carillon/calling-time/timezone'
import type { FieldProblem } from '@carillon/contracts/error-body'
import { toIso } from '@carillon/contracts/instant'
import { withoutNulls } from '@carillon/contracts/optional-null'
import type { PauseWindows, UpdateProgramRequest } from '@carillon/contracts/program'
import type { RetryStrategy, RetryStrategyInput } from '@carillon/contracts/retry-strategy'
import { invalidField } from '@carillon/service-kit/domain/domain-error'

/*
 * When calls are made: the settings that programs and requests for one call have in common.
 */

type PauseWindowsInput = UpdateProgramRequest['pauseWindows']

/** Reads an instant of a field; what is none becomes a problem, and NaN. */
export type ReadInstant = (pointer: string, text: string) => number

export const instantReader =
  (problems: FieldProblem[]): ReadInstant =>
  (pointer, text) => {
    const atMs = Date.parse(text)
    // A leap second has the form of an instant, but a JavaScript date cannot hold it.
    if (Number.isNaN(atMs)) problems.push({ pointer, message: 'is not an instant' })
    return atMs
  }

export function timezoneProblems(timezone: string | null): FieldProblem[] {
  if (timezone === null || isTimezone(timezone)) return []
  return [{ pointer: '/timezone', message: 'is not the IANA name of a time zone' }]
}

export const orNull = <T>(setting: T) => (setting ? withoutNulls(setting) : null)

/** Retry dates in UTC. They must ascend. */
export function retryStrategyOf(input: RetryStrategyInput, instant: ReadInstant, problems: FieldProblem[]): RetryStrategy {
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
export function checkLaterDates(strategy: RetryStrategy, now: number): void {
  if (strategy.type !== 'scheduled' || strategy.retryDates.some((date) => Date.parse(date) > now)) return
  throw invalidField('/retryStrategy/retryDates', 'must hold a date that lies ahead')
}

export function pauseWindowsOf(input: PauseWindowsInput, instant: ReadInstant, problems: FieldProblem[]): PauseWindows | null {
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
