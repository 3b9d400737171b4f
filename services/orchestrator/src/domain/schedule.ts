import { inProgress, waiting } from './contact-counts.ts'
import { nextCallable } from './contact-hours.ts'
import { type ExecutionState, isLive } from './execution.ts'
import type { ExecutionRules } from './execution-rules.ts'

/** What a schedule is made from, beside the execution itself. */
export interface ScheduleFacts {
  /** When the next waiting contact of each zone is due. */
  readonly dueByZone: ReadonlyMap<string, number>
  /** Whether a DID of the pool is active. */
  readonly hasDids: boolean
  readonly nowMs: number
}

/** What comes next in an execution. Instants are epoch milliseconds. */
export interface Schedule {
  /** A sentence; null if it waits for nothing. */
  readonly waitingFor: string | null
  readonly nextCallsAtMs: number | null
  readonly pausesAtMs: number | null
  readonly opensAtMs: number | null
  readonly endsAtMs: number | null
}

export function scheduleOf(rules: ExecutionRules, state: ExecutionState, facts: ScheduleFacts): Schedule {
  const { plan, windows } = rules
  const { nowMs } = facts
  if (!isLive(state)) return { waitingFor: null, nextCallsAtMs: null, pausesAtMs: null, opensAtMs: null, endsAtMs: null }
  const closure = windows.windowAt(nowMs)
  const nextCallsAtMs = nextCallsAt(rules, state, facts)
  return {
    waitingFor: sentence(rules, state, facts, nextCallsAtMs),
    nextCallsAtMs,
    pausesAtMs: closure ? closure.startMs : windows.nextStart(nowMs),
    opensAtMs: closure?.endMs ?? null,
    endsAtMs: plan.scheduledStopAtMs,
  }
}

/** The first instant at which a waiting contact is due, within its hours, and outside of the pause windows. Null if there is none before the stop. */
function nextCallsAt({ plan, windows, hours }: ExecutionRules, state: ExecutionState, { dueByZone, nowMs }: ScheduleFacts): number | null {
  const mayCall = state.status === 'running' || state.status === 'scheduled'
  if (!mayCall || waiting(state.counts) === 0) return null
  let atMs = Math.max(nowMs, plan.scheduledStartAtMs)
  // Each step leaves a closure or reaches an opening. Windows and hours that never meet are given up after as many steps as a year has of them.
  for (let step = 0; step < maxSteps; step++) {
    const closure = windows.windowAt(atMs)
    if (closure) {
      if (closure.endMs === null) return null
      atMs = closure.endMs
    }
    const callableMs = Math.max(atMs, nextCallable(hours, dueByZone, atMs))
    if (callableMs === atMs) return isBeforeStop(plan.scheduledStopAtMs, atMs) ? atMs : null
    if (!Number.isFinite(callableMs)) return null
    atMs = callableMs
  }
  return null
}

const maxSteps = 1_000
const isBeforeStop = (stopAtMs: number | null, atMs: number) => stopAtMs === null || atMs < stopAtMs

function sentence(rules: ExecutionRules, state: ExecutionState, facts: ScheduleFacts, nextCallsAtMs: number | null): string | null {
  const { plan, windows } = rules
  const time = timeIn(plan.timezone)
  switch (state.status) {
    case 'scheduled':
      return `It begins at ${time(plan.scheduledStartAtMs)}.`
    case 'paused':
      return 'A user has paused it. It goes on when it is resumed.'
    case 'paused_no_credits':
      return 'The organization has no credits. Add credits, and resume it.'
    case 'paused_threshold':
      return `The node ${state.pausedBy?.nodeId ?? ''} has run ${state.pausedBy?.count ?? 0} times, and a rule has paused it. It goes on when it is resumed.`
    default:
  }
  const closure = windows.windowAt(facts.nowMs)
  if (closure) return closure.endMs === null ? 'Its pause windows never end.' : `A pause window ends at ${time(closure.endMs)}.`
  const busy = inProgress(state.counts)
  if (waiting(state.counts) === 0) {
    if (busy > 0) return `${countOf(busy, 'call is', 'calls are')} in progress, and nobody else waits.`
    return plan.triggerCondition === null ? null : 'The date of a contact has to come.'
  }
  if (nextCallsAtMs === null) return 'No waiting contact can be called before it ends.'
  if (nextCallsAtMs > facts.nowMs) return `The next contact may be called at ${time(nextCallsAtMs)}.`
  if (!facts.hasDids) return 'No number of its pool is active. Activate one, or add another to the program.'
  if (busy >= plan.maxConcurrentCalls) return `As many calls are in progress as it may have: ${busy}.`
  return null
}

const countOf = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

/** An instant as the wall clocks of a zone show it. */
function timeIn(timezone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (atMs) => {
    const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
    return `${parts.hour}:${parts.minute} on ${parts.weekday}, ${parts.day} ${parts.month} ${parts.year} (${timezone})`
  }
}
