import type { CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import fc from 'fast-check'
import type { ExecutionEvent } from '../../src/domain/execution.ts'
import { contactsChanged, eventsOf, launched, lifecycle, noContacts, type PlannedCall, plannedCall, ratingOf, t0 } from './events.ts'

/*
 * A lane of calls is read by three readers, each in batches of its own and at its own pace. The model is sequential: the state of contacts, calls and credits
 * after every event of the lane. Whatever the readers have told, all reports of the execution show the model at one position.
 */

type Placed<E> = E & { position: number }

/** What is true after an event of the lane. */
export interface Moment {
  contacts: { pending: number; calling: number; completed: number; failed: number }
  totalCalls: number
  answered: number
  ended: number
  runs: number
  micros: number
}

export interface Told {
  calls: Placed<CallEvent>[]
  executions: Placed<ExecutionEvent>[]
  ratings: Placed<CallRated>[]
}

export const contactCount = 6
const costOf = ({ end }: PlannedCall) => (end?.durationMs ? 75 * end.durationMs : 0)

/** Calls of as many contacts, their events interleaved as the choices say. */
function laneOfCalls(
  executionId: string,
  choices: readonly number[],
  answers: readonly boolean[],
): { call: PlannedCall; event: CallEvent }[] {
  const waiting = Array.from({ length: contactCount }, (_, index) => {
    const end = answers[index]
      ? ({ outcome: 'completed', flowOutcome: 'completed', durationMs: 1_000 + index } as const)
      : ({ outcome: 'no_answer', flowOutcome: 'failed', durationMs: null } as const)
    const call = plannedCall({ executionId, startedAtMs: t0 + index, nodes: [{ nodeId: 'dial' }, { nodeId: 'menu', digits: '1' }], end })
    return { call, events: eventsOf(call) }
  })
  const lane: { call: PlannedCall; event: CallEvent }[] = []
  for (let turn = 0; waiting.length > 0; turn++) {
    const index = (choices[turn % choices.length] ?? 0) % waiting.length
    const chosen = waiting[index]
    const event = chosen?.events.shift()
    if (chosen && event) lane.push({ call: chosen.call, event })
    if (chosen?.events.length === 0) waiting.splice(index, 1)
  }
  return lane
}

/** The sequential model: by position after `base`, and what the orchestrator and billing tell in batches of these sizes. */
export function history(
  executionId: string,
  base: number,
  choices: readonly number[],
  answers: readonly boolean[],
  sizes: readonly number[],
) {
  const lane = laneOfCalls(executionId, choices, answers)
  const moments: Moment[] = [
    { contacts: { pending: contactCount, calling: 0, completed: 0, failed: 0 }, totalCalls: 0, answered: 0, ended: 0, runs: 0, micros: 0 },
  ]
  const told: Told = { calls: [], executions: [], ratings: [] }
  told.executions.push({ ...launched(executionId, { position: 0, counts: { ...noContacts, pending: contactCount } }), position: 1 })
  let revision = 1
  let steps: number[][] = []
  let left = sizes[0] ?? 1
  for (const [index, { call, event }] of lane.entries()) {
    const position = base + index + 1
    const now = structuredClone(moments[index]) as Moment
    told.calls.push({ ...event, position })
    if (event.type === 'call.started') {
      now.contacts.pending--
      now.contacts.calling++
      now.totalCalls++
    } else if (event.type === 'node.executed') {
      now.runs++
    } else if (event.type === 'call.ended') {
      now.contacts.calling--
      now.contacts[event.data.outcome === 'completed' ? 'completed' : 'failed']++
      if (event.data.outcome === 'completed') now.answered++
      now.ended++
      now.micros += costOf(call)
      const rating = ratingOf(call, [{ nodeType: 'dial', durationMs: call.end?.durationMs ?? null, costMicros: costOf(call) }])
      told.ratings.push({ ...rating, data: { ...rating.data, position }, position: told.ratings.length + 1 })
    }
    moments.push(now)
    if (event.type !== 'call.started' && event.type !== 'call.ended') continue
    const { pending, calling, completed, failed } = now.contacts
    steps.push([position, pending, 0, calling, 0, completed, failed, 0])
    if (--left > 0 && index < lane.length - 1) continue
    revision++
    const counts = { ...noContacts, ...now.contacts }
    const changed = contactsChanged(executionId, revision, index + 1, counts)
    const data = { ...changed.data, position, steps: steps.slice(0, -1) }
    told.executions.push({ ...changed, data, position: told.executions.length + 1 })
    steps = []
    left = sizes[revision % sizes.length] ?? 1
  }
  const end = lifecycle('execution.completed', executionId, revision + 1, 'completed', lane.length, {
    ...noContacts,
    ...moments.at(-1)?.contacts,
  })
  told.executions.push({ ...end, data: { ...end.data, position: base + lane.length }, position: told.executions.length + 1 })
  return { moments, told }
}

export const aRun = fc.record({
  choices: fc.array(fc.nat(20), { minLength: 5, maxLength: 40 }),
  answers: fc.array(fc.boolean(), { minLength: contactCount, maxLength: contactCount }),
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
  /** Which source is read next, and how many of its events at once. */
  reads: fc.array(fc.tuple(fc.constantFrom('calls', 'executions', 'ratings'), fc.integer({ min: 1, max: 15 })), {
    minLength: 3,
    maxLength: 8,
  }),
})
