import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { CallFact } from '../domain/call-facts.ts'
import { waiting } from '../domain/contact-counts.ts'
import { dialOrder } from '../domain/dial-order.ts'
import { isLive } from '../domain/execution.ts'
import {
  findDueContacts,
  findOverdueOrders,
  loadContacts,
  nextDueAt,
  skipWaitingContacts,
  writeContacts,
} from '../store/execution-contacts.ts'
import { lockStates, writeStates } from '../store/execution-states.ts'
import { readPlans } from '../store/executions.ts'
import type { DidPools } from './did-pools.ts'
import type { DispatchMetrics } from './dispatch-metrics.ts'
import { type ExecutionMemory, newMemory } from './execution-memory.ts'
import { type Now, Turn } from './turn.ts'

/** Rows that one round marks as skipped, or orders that it sends again, at most. */
const sweepLimit = 5_000
const resendLimit = 500

export interface RoundDeps {
  deps: Pick<ServiceDeps, 'outbox' | 'clock' | 'logger'>
  pools: DidPools
  metrics: DispatchMetrics
  /** How long an order may be dialed after it was made, in real milliseconds. */
  orderValidityMs: number
}

/**
 * One transaction of a lane: facts about calls are folded into the contacts, time passes, and as many new calls are ordered as pacing allows.
 * The caller's transaction says that the lane is ours. What is learned beside the rows is remembered once it commits.
 *
 * @param facts in the order of the stream; `executionIds` holds at least the executions that they name.
 */
export async function playRound(
  tx: Tx,
  round: RoundDeps,
  lane: Map<string, ExecutionMemory>,
  executionIds: readonly string[],
  facts: readonly CallFact[],
): Promise<void> {
  const { clock } = round.deps
  // Taken once the rows are locked: no command that was committed before is judged by an earlier time.
  const states = await lockStates(tx, executionIds)
  const now: Now = { ms: clock.now(), speed: clock.speed, orderValidityMs: round.orderValidityMs * clock.speed }
  await remember(tx, lane, [...states.keys()], now)
  const turns: Turn[] = []
  for (const [id, state] of states) {
    const memory = lane.get(id)
    if (memory) turns.push(new Turn(memory, state, now))
  }
  for (const turn of turns) turn.passTime()
  await foldFacts(tx, turns, facts)
  for (const turn of turns) {
    await pace(tx, round, turn, now)
    await sweep(tx, turn, now)
    await sendOverdueAgain(tx, round, turn, now)
    turn.conclude()
  }
  await writeContacts(
    tx,
    turns.flatMap((turn) => turn.takeWrites()),
  )
  await writeStates(tx, new Map(turns.filter((turn) => turn.hasChanged).map((turn) => [turn.memory.plan.id, turn.state])), now.ms)
  await appendToOutbox(
    tx,
    round.deps.outbox,
    turns.flatMap((turn) => turn.messages),
  )
  tx.afterCommit(() => {
    for (const turn of turns) keep(round, turn)
    for (const { data } of facts) lane.get(data.executionId ?? '')?.orders.answered(data.callId)
  })
}

async function remember(tx: Tx, lane: Map<string, ExecutionMemory>, ids: readonly string[], now: Now): Promise<void> {
  const unknown = ids.filter((id) => !lane.has(id))
  if (unknown.length === 0) return
  for (const plan of await readPlans(tx.orm, unknown)) lane.set(plan.id, newMemory(plan, now.ms, now.orderValidityMs))
}

async function foldFacts(tx: Tx, turns: readonly Turn[], facts: readonly CallFact[]): Promise<void> {
  if (facts.length === 0) return
  const keys: { executionId: string; contactId: string }[] = []
  const factsOf = new Map<string, CallFact[]>()
  const seen = new Set<string>()
  for (const fact of facts) {
    const { executionId, contactId } = fact.data
    if (executionId === null || contactId === null) continue
    const known = factsOf.get(executionId)
    if (known) known.push(fact)
    else factsOf.set(executionId, [fact])
    const key = executionId + contactId
    if (!seen.has(key)) keys.push({ executionId, contactId })
    seen.add(key)
  }
  const contacts = await loadContacts(tx, keys)
  for (const turn of turns) {
    const { id } = turn.memory.plan
    turn.fold(factsOf.get(id) ?? [], contacts.get(id) ?? new Map())
  }
}

async function pace(tx: Tx, { pools }: RoundDeps, turn: Turn, now: Now): Promise<void> {
  const { plan } = turn.memory
  let decision = turn.decide()
  if (decision.type === 'claim') {
    const pool = pools.numbers(plan)
    if (pool === undefined || pool.length === 0) {
      turn.outlook.needsDids = true
      turn.outlook.nextLookAtMs = plan.scheduledStopAtMs ?? Infinity
      return
    }
    if (turn.hasUnwrittenDue) await writeContacts(tx, turn.takeWrites())
    const due = await findDueContacts(tx, plan.id, now.ms, decision.room, turn.outlook.cursor)
    turn.orderCalls(due, pool, decision.notAfterMs)
    if (due.length < decision.room) await lookAhead(tx, turn, now)
    decision = turn.decide()
  }
  turn.outlook.nextLookAtMs = decision.type === 'claim' ? now.ms : decision.untilMs
}

/** Nobody more was found due: when is the next one? */
async function lookAhead(tx: Tx, turn: Turn, now: Now): Promise<void> {
  const { outlook, state, memory } = turn
  if (waiting(state.counts) === 0) {
    outlook.nextDueAtMs = Infinity
    return
  }
  await writeContacts(tx, turn.takeWrites())
  outlook.nextDueAtMs = await nextDueAt(tx, memory.plan.id)
  if (outlook.nextDueAtMs <= now.ms) outlook.cursor = null
}

/** After an execution was ended: the rows of those who waited follow, some thousands at a time. Until then a row that waits counts as skipped. */
async function sweep(tx: Tx, turn: Turn, now: Now): Promise<void> {
  if (isLive(turn.state) || turn.outlook.isSwept) return
  const count = await skipWaitingContacts(tx, turn.memory.plan.id, sweepLimit)
  if (count < sweepLimit) turn.outlook.isSwept = true
  else turn.outlook.nextLookAtMs = now.ms
}

async function sendOverdueAgain(tx: Tx, { metrics, deps }: RoundDeps, turn: Turn, now: Now): Promise<void> {
  const { plan, orders } = turn.memory
  if (orders.overdueAtMs > now.ms || turn.state.settled) return
  const overdue = turn.state.counts.queued === 0 ? [] : await findOverdueOrders(tx, plan.id, orders.overdueBefore(now.ms), resendLimit)
  for (const { callId, attempt, didNumber, notAfterMs, ...snapshot } of overdue) {
    const message = dialOrder(plan, snapshot, { callId, attempt, didNumber, notAfterMs })
    turn.messages.push({ stream: 'DIAL', laneKey: plan.id, message })
  }
  const callIds = overdue.map((order) => order.callId)
  tx.afterCommit(() => {
    orders.sentAgain(callIds, overdue.length < resendLimit, now.ms)
    if (callIds.length === 0) return
    metrics.ordersSentAgain.inc(callIds.length)
    deps.logger.warn({ executionId: plan.id, correlationId: plan.id, orders: callIds.length }, 'orders without an answer sent again')
  })
}

function keep({ metrics, deps }: RoundDeps, { memory, outlook, ordered, state }: Turn): void {
  if (outlook.isSettled && !memory.outlook.isSettled) {
    deps.logger.info({ executionId: memory.plan.id, correlationId: memory.plan.id, status: state.status }, 'execution settled')
  }
  memory.outlook = outlook
  for (const [callId, notAfterMs] of ordered) memory.orders.made(callId, notAfterMs)
  metrics.callsOrdered.inc(ordered.size)
}
