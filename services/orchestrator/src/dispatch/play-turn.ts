import type { Tx } from '@carillon/service-kit/postgres/database'
import { nextCallable, zonesAt } from '../domain/contact-hours.ts'
import type { ExecutionRules } from '../domain/execution-rules.ts'
import { type Ordering, orderCalls, withinRoom } from '../domain/order-calls.ts'
import {
  afterSweep,
  afterWrites,
  concludeTurn,
  decidePace,
  hasUnwrittenDue,
  lookAhead,
  mustLookAhead,
  mustSweep,
  sendAgain,
  type Turn,
  type TurnTime,
  waitForDids,
} from '../domain/turn.ts'
import { findDncNumbers } from '../store/dnc-numbers.ts'
import { findDueContacts, findOverdueOrders, nextDueByZone, skipWaitingContacts, writeContacts } from '../store/execution-contacts.ts'
import type { DidPools } from './did-pools.ts'
import { fireDueTriggers } from './fire-triggers.ts'
import type { ExecutionMemory } from './lane-memory.ts'

/** Contacts that may never be called, and that one turn skips at most. */
const skipLimit = 500
/** How often a turn looks for other contacts instead of those whose number must not be called, and how many it looks at each time at least. */
const claimPages = 10
const claimLimit = 500
/** Rows that one turn marks as skipped, and orders that it sends again, at most. */
const sweepLimit = 5_000
const resendLimit = 500

export interface TurnDeps {
  pools: DidPools
  newCallId(nowMs: number): string
}

export interface PlayedTurn {
  memory: ExecutionMemory
  turn: Turn
  /** The search for overdue orders, if there was one: what was sent again, and whether that is all of it. */
  resend: Resend | undefined
}

export interface Resend {
  callIds: string[]
  isComplete: boolean
}

/** Takes a turn from its folded facts to its end, and reads between its steps what the next one needs. */
export async function playTurn(tx: Tx, deps: TurnDeps, before: ExecutionMemory, folded: Turn, time: TurnTime): Promise<PlayedTurn> {
  const { memory, turn: fired } = await fireDueTriggers(tx, before, folded, time)
  const paced = await pace(tx, deps, memory, fired, time)
  const swept = mustSweep(paced) ? await sweep(tx, memory, paced) : paced
  const { turn, resend } = await sendOverdueAgain(tx, memory, swept, time)
  return { memory, turn: concludeTurn(memory.rules, turn, time), resend }
}

async function pace(tx: Tx, { pools, newCallId }: TurnDeps, { rules }: ExecutionMemory, turn: Turn, time: TurnTime): Promise<Turn> {
  const { plan } = rules
  const { nowMs } = time
  const decision = decidePace(rules, turn, time)
  if (decision.type === 'wait') return turn
  const pool = pools.numbers(plan)
  if (pool === undefined || pool.length === 0) return waitForDids(turn)
  const before = hasUnwrittenDue(turn, nowMs) ? await write(tx, turn) : turn
  const zones = zonesAt(rules.hours, plan.zones, nowMs)
  const { notBeforeMs, notAfterMs, room } = decision
  const ordering = { pool, notBeforeMs, notAfterMs, nowMs, newCallId: () => newCallId(nowMs) }
  const { claimed, isAll } = await claim(tx, rules, before, zones.open, room, ordering)
  // They take nobody's room.
  const skippable = await findDueContacts(tx, plan.id, zones.never, nowMs, skipLimit, before.outlook.cursors)
  const called = orderCalls(rules, claimed, skippable, { ...ordering, doNotCall: nobody })
  if (!isAll) return called
  if (!mustLookAhead(called)) return lookAhead(called, Infinity, nowMs)
  const written = await write(tx, called)
  return lookAhead(written, nextCallable(rules.hours, await nextDueByZone(tx, plan.id, plan.zones), nowMs), nowMs)
}

const nobody: ReadonlySet<string> = new Set()

/** Orders calls for the contacts of these zones that are due, as many as there is room for. `isAll`: nobody else is due. */
async function claim(
  tx: Tx,
  rules: ExecutionRules,
  before: Turn,
  zones: readonly string[],
  room: number,
  ordering: Omit<Ordering, 'doNotCall'>,
): Promise<{ claimed: Turn; isAll: boolean }> {
  const { id, organizationId } = rules.plan
  let claimed = before
  let left = room
  for (let page = 0; page < claimPages && left > 0; page++) {
    if (page > 0) claimed = await write(tx, claimed)
    const limit = page === 0 ? room : Math.max(left, claimLimit)
    const due = await findDueContacts(tx, id, zones, ordering.nowMs, limit, claimed.outlook.cursors)
    const phones = due.map(({ phone }) => phone)
    const doNotCall = await findDncNumbers(tx, organizationId, phones, ordering.nowMs)
    const taken = withinRoom(due, doNotCall, left)
    claimed = orderCalls(rules, claimed, taken, { ...ordering, doNotCall })
    if (due.length < limit && taken.length === due.length) return { claimed, isAll: true }
    left -= taken.filter(({ phone }) => !doNotCall.has(phone)).length
  }
  return { claimed, isAll: false }
}

async function write(tx: Tx, turn: Turn): Promise<Turn> {
  await writeContacts(tx, [...turn.writes.values()])
  return afterWrites(turn)
}

async function sweep(tx: Tx, { rules }: ExecutionMemory, turn: Turn): Promise<Turn> {
  const count = await skipWaitingContacts(tx, rules.plan.id, sweepLimit)
  return afterSweep(turn, count < sweepLimit)
}

async function sendOverdueAgain(
  tx: Tx,
  { rules, orders }: ExecutionMemory,
  turn: Turn,
  { nowMs }: TurnTime,
): Promise<Pick<PlayedTurn, 'turn' | 'resend'>> {
  if (orders.overdueAtMs() > nowMs || turn.state.settled) return { turn, resend: undefined }
  const hasOpen = turn.state.counts.queued > 0
  const overdue = hasOpen ? await findOverdueOrders(tx, rules.plan.id, orders.overdueBefore(nowMs), resendLimit) : []
  const resend = { callIds: overdue.map((order) => order.callId), isComplete: overdue.length < resendLimit }
  return { turn: sendAgain(rules, turn, overdue, nowMs), resend }
}
