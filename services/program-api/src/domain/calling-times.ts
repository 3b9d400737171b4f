import { firstOpen } from '@carillon/calling-time/open-time'
import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import type { FieldProblem } from '@carillon/contracts/error-body'
import type { CallingHours } from '@carillon/contracts/program'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import type { Program } from './program.ts'

/** What decides when a program calls. */
const times = ['startAtMs', 'stopAtMs', 'pauseWindows', 'callingHours', 'timezone'] as const

/**
 * Refuses a program that could never call: its pause windows leave no instant between start and stop, or its calling hours are empty. After a change (`before`) it
 * checks only if a time was changed.
 *
 * @param timezone the organization's, for a program without one.
 */
export function checkCallingTimes(program: Program, timezone: string, before: Program | null): void {
  if (before && times.every((name) => before[name] === program[name])) return
  const { startAtMs, stopAtMs, pauseWindows, callingHours } = program
  const problems: FieldProblem[] = []
  const windows = compilePauseWindows(pauseWindows, program.timezone ?? timezone)
  if (firstOpen(windows, startAtMs, stopAtMs ?? undefined) === null) {
    problems.push({
      pointer: '/pauseWindows',
      message: `leave no time to call ${stopAtMs === null ? 'at all' : 'between startAt and stopAt'}`,
    })
  }
  if (callingHours && !hasHours(callingHours)) problems.push({ pointer: '/callingHours', message: 'leave no time to call' })
  if (problems.length > 0) throw invalidFields(problems)
}

const hasHours = (hours: CallingHours) => Object.values(hours).some((windows) => windows.length > 0)
