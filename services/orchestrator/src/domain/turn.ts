import type { DialOrder } from '@carillon/contracts/dial-order'
import type { AutoPauseRule } from '@carillon/contracts/program'
import type { ExecutionEvent } from '@carillon/contracts/program-events'
import type { TriggersFired } from '@carillon/contracts/trigger-events'
import { type CallFact, type ChangedContact, type CountsAt, foldCallFacts } from './call-facts.ts'
import { type Contact, isWaiting } from './contact.ts'
import { assertBalanced, inProgress, totalOf, waiting } from './contact-counts.ts'
import { type ContactSnapshot, dialOrder, type OrderedCall } from './dial-order.ts'
import { afterLastContact, afterRuns, afterTime, type ExecutionState, isLive, pauseForCredits, type Transition } from './execution.ts'
import { contactsChangedEvent, lifecycleEvent } from './execution-messages.ts'
import type { ExecutionRules } from './execution-rules.ts'
import type { NodeRun } from './node-counters.ts'
import { noCursors, type Outlook } from './outlook.ts'
import { decidePacing, type PacingDecision, refill } from './pacing.ts'

/*
 * A turn is what one transaction of a lane does for one execution. It runs in steps, and each step is a pure function from a turn to the next:
 *
 *   beginTurn ─► foldFacts ─► pauseAtThreshold ─► pauseWithoutCredits ─► decidePace ─► orderCalls (order-calls.ts) ─► lookAhead ─► sweep, sendAgain ─► concludeTurn
 *
 * Between the steps dispatch/play-turn.ts reads what the next step needs. Only some steps happen in every turn.
 */

/** The time of a turn. */
export interface TurnTime {
  readonly nowMs: number
  /** Platform milliseconds in one real millisecond. */
  readonly speed: number
  /** How long an order may be dialed after it was made, in platform milliseconds. */
  readonly orderValidityMs: number
}

/** A contact's new row. A DID or an order's end that is null leaves the stored one. */
export interface ContactWrite {
  executionId: string
  contactId: string
  contact: Contact
  didNumber: string | null
  orderNotAfterMs: number | null
}

/** How far a turn has come: the execution's new state, and what is to be written and sent. Never changed in place. */
export interface Turn {
  readonly state: ExecutionState
  readonly outlook: Outlook
  /** The contacts' changes that no event tells yet, in order. */
  readonly changes: readonly ChangedContact[]
  /** The counts after each fact that changed them, in order. */
  readonly steps: readonly CountsAt[]
  /** Whether facts were read that are later than all that was said of the execution. */
  readonly hasReadOn: boolean
  /** Rows that are not written yet, by contact. */
  readonly writes: ReadonlyMap<string, ContactWrite>
  readonly events: readonly ExecutionEvent[]
  readonly orders: readonly DialOrder[]
  /** What tells of the triggers that have fired. */
  readonly fired: readonly TriggersFired[]
  /** The calls that this turn ordered. */
  readonly ordered: readonly OrderedCall[]
  /** The last fact that changed a contact. */
  readonly causationId: string | null
}

/** An order of long ago that nothing answered, with its contact. */
export type OverdueOrder = ContactSnapshot & Omit<OrderedCall, 'notBeforeMs'>

/** How often a running execution of a live program looks for triggers that have come due, in real milliseconds. */
const triggersEveryMs = 500

const noWrites: ReadonlyMap<string, ContactWrite> = new Map()

/** Refills the bucket, and starts or stops the execution if its time has come. */
export function beginTurn({ plan }: ExecutionRules, state: ExecutionState, outlook: Outlook, { nowMs, speed }: TurnTime): Turn {
  const bucket = plan.callsPerSecond === null ? outlook.bucket : refill(outlook.bucket, plan.callsPerSecond, speed, nowMs)
  const turn: Turn = {
    state,
    outlook: { ...outlook, bucket, needsDids: false },
    changes: [],
    steps: [],
    hasReadOn: false,
    writes: noWrites,
    events: [],
    orders: [],
    fired: [],
    ordered: [],
    causationId: null,
  }
  return withTransition(plan, turn, afterTime(plan, state, nowMs), nowMs)
}

/** @param contacts the contacts that the facts name, as stored. */
export function foldFacts(
  { plan, policy }: ExecutionRules,
  turn: Turn,
  facts: readonly CallFact[],
  contacts: ReadonlyMap<string, Contact>,
  nowMs: number,
): Turn {
  const { counts, changes, steps } = foldCallFacts(contacts, turn.state.counts, facts, policy, isLive(turn.state), nowMs)
  const position = facts.reduce((last, fact) => Math.max(last, fact.position), turn.state.position)
  if (changes.length === 0 && position === turn.state.position) return turn
  const folded = {
    ...turn,
    state: { ...turn.state, counts, position },
    steps,
    hasReadOn: position > turn.state.position,
    causationId: facts.at(-1)?.id ?? null,
    // A contact that returns to the queue of first attempts may stand before the cursor.
    outlook: changes.some(({ contact }) => contact.status === 'pending') ? { ...turn.outlook, cursors: noCursors } : turn.outlook,
  }
  return withWrites(
    folded,
    changes.map((change) => ({ ...change, executionId: plan.id, didNumber: null, orderNotAfterMs: null })),
  )
}

/**
 * Counts runs of nodes, and pauses a running execution if a rule's threshold is reached.
 *
 * @param runs of nodes with a rule, none of them counted before.
 */
export function pauseAtThreshold(
  { plan }: ExecutionRules,
  turn: Turn,
  autoPauseRules: readonly AutoPauseRule[],
  runs: readonly NodeRun[],
  nowMs: number,
): Turn {
  const counted = afterRuns(turn.state, autoPauseRules, runs)
  if (!counted.transition) return { ...turn, state: counted.state }
  // What the calls changed is told before the pause, and has the revision before it.
  const told = withChangesEvent(plan, turn, nowMs)
  return withTransition(plan, told, afterRuns(told.state, autoPauseRules, runs).transition, nowMs)
}

/** Pauses a live execution if a call could be made now and its organization has no credits (contract rule 32). Test executions are free. */
export function pauseWithoutCredits(rules: ExecutionRules, turn: Turn, hasCredits: boolean, time: TurnTime): Turn {
  if (hasCredits || rules.plan.isTest || decidePace(rules, turn, time).type === 'wait') return turn
  const told = withChangesEvent(rules.plan, turn, time.nowMs)
  return withTransition(rules.plan, told, pauseForCredits(told.state), time.nowMs)
}

/** How many contacts to claim now, or until when to wait. */
export function decidePace({ plan, windows }: ExecutionRules, { state, outlook }: Turn, time: TurnTime): PacingDecision {
  return decidePacing({ plan, state, windows, bucket: outlook.bucket, nextDueAtMs: outlook.nextDueAtMs, ...time })
}

/** Contacts are due, but there is no DID to call them from. */
export function waitForDids(turn: Turn): Turn {
  return { ...turn, outlook: { ...turn.outlook, needsDids: true } }
}

/** Whether a contact is due whose row is not written yet: it would be missing among the rows that are claimed. */
export function hasUnwrittenDue({ writes }: Turn, nowMs: number): boolean {
  for (const { contact } of writes.values()) if (isWaiting(contact) && contact.dueAtMs <= nowMs) return true
  return false
}

/** The turn's rows have been written. */
export function afterWrites(turn: Turn): Turn {
  return { ...turn, writes: noWrites }
}

/** Whether the next due instant has to be read: contacts wait, and fewer were due than there was room for. */
export function mustLookAhead({ state }: Turn): boolean {
  return waiting(state.counts) > 0
}

/** @param nextDueAtMs of the contacts that wait, in a zone that is open then; `Infinity` where none does. */
export function lookAhead(turn: Turn, nextDueAtMs: number, nowMs: number): Turn {
  const cursors = nextDueAtMs <= nowMs ? noCursors : turn.outlook.cursors
  return { ...turn, outlook: { ...turn.outlook, nextDueAtMs, cursors } }
}

/** Whether rows of an execution that has ended still say that their contact waits. Until they are swept such a contact counts as skipped. */
export function mustSweep({ state, outlook }: Turn): boolean {
  return !isLive(state) && !outlook.isSwept
}

/** @param isComplete no row of a waiting contact is left. */
export function afterSweep(turn: Turn, isComplete: boolean): Turn {
  return { ...turn, outlook: { ...turn.outlook, isSwept: isComplete } }
}

/**
 * Sends overdue orders again. Their time is over, so they are never dialed: they come for the answer that is missing. The message ids are new: the server
 * drops a message whose id it has seen in the last two minutes.
 */
export function sendAgain({ plan }: ExecutionRules, turn: Turn, overdue: readonly OverdueOrder[], nowMs: number): Turn {
  const again = overdue.map(({ callId, attempt, didNumber, notAfterMs, ...contact }) => ({
    ...dialOrder(plan, contact, { callId, attempt, didNumber, notBeforeMs: notAfterMs, notAfterMs }),
    id: `${callId}:again:${nowMs}`,
  }))
  return { ...turn, orders: [...turn.orders, ...again] }
}

/** Tells what changed, completes or settles the execution where nothing is left to do, and says when to look again. */
export function concludeTurn(rules: ExecutionRules, turn: Turn, time: TurnTime): Turn {
  const { plan } = rules
  const nextLookAtMs = nextLookAt(rules, turn, time)
  const told = withChangesEvent(plan, turn, time.nowMs)
  // An execution of a live program waits for further triggers.
  const last = plan.triggerCondition === null ? afterLastContact(told.state, time.nowMs) : undefined
  const ended = withTransition(plan, told, last, time.nowMs)
  const state = settle(ended)
  assertBalanced(state.counts, plan.triggerCondition === null ? plan.totalContacts : totalOf(state.counts))
  return { ...ended, state, outlook: { ...ended.outlook, nextLookAtMs, revision: state.revision, isSettled: state.settled } }
}

/** The turn after changes of contacts, which are to be written and told. */
export function withWrites(turn: Turn, written: readonly ContactWrite[]): Turn {
  const writes = new Map(turn.writes)
  const changes = [...turn.changes]
  let { nextDueAtMs } = turn.outlook
  for (const write of written) {
    const { contactId, contact } = write
    changes.push({ contactId, contact })
    writes.set(contactId, write)
    if (isWaiting(contact)) nextDueAtMs = Math.min(nextDueAtMs, contact.dueAtMs)
  }
  return { ...turn, changes, writes, outlook: { ...turn.outlook, nextDueAtMs } }
}

function nextLookAt(rules: ExecutionRules, turn: Turn, time: TurnTime): number {
  if (mustSweep(turn)) return time.nowMs
  if (turn.outlook.needsDids && rules.plan.triggerCondition === null) return rules.plan.scheduledStopAtMs ?? Infinity
  const pace = decidePace(rules, turn, time)
  const paceMs = pace.type === 'claim' ? time.nowMs : pace.untilMs
  const mayFire = rules.plan.triggerCondition !== null && turn.state.status === 'running'
  return mayFire ? Math.min(paceMs, time.nowMs + triggersEveryMs * time.speed) : paceMs
}

function withChangesEvent(plan: ExecutionRules['plan'], turn: Turn, nowMs: number): Turn {
  // Facts that changed nothing are told of too: reports wait until they know that these facts were read.
  if (turn.changes.length === 0 && !turn.hasReadOn) return turn
  const state = { ...turn.state, revision: turn.state.revision + 1 }
  const event = contactsChangedEvent(plan, state, turn.changes, turn.steps, nowMs, turn.causationId)
  return { ...turn, state, events: [...turn.events, event], changes: [], steps: [], hasReadOn: false }
}

function withTransition(plan: ExecutionRules['plan'], turn: Turn, transition: Transition | undefined, nowMs: number): Turn {
  if (!transition) return turn
  const event = lifecycleEvent(plan, transition, nowMs, null)
  return { ...turn, state: transition.state, events: [...turn.events, event] }
}

function settle({ state, outlook }: Turn): ExecutionState {
  if (isLive(state) || state.settled || !outlook.isSwept || inProgress(state.counts) > 0) return state
  return { ...state, settled: true }
}
