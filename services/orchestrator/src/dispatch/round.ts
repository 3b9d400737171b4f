import { appendToOutbox, type OutboxMessage } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { CallFact } from '../domain/call-facts.ts'
import { type ExecutionState, isLive } from '../domain/execution.ts'
import { type NodeRun, runsToCount } from '../domain/node-counters.ts'
import { beginTurn, foldFacts, pauseAtThreshold, pauseWithoutCredits, type Turn, type TurnTime } from '../domain/turn.ts'
import { noteRuns } from '../store/counted-runs.ts'
import { loadContacts, writeContacts } from '../store/execution-contacts.ts'
import { type LockedState, lockStates, writeStates } from '../store/execution-states.ts'
import { readPlans } from '../store/executions.ts'
import type { DispatchMetrics } from './dispatch-metrics.ts'
import type { LaneMemory } from './lane-memory.ts'
import { type PlayedTurn, playTurn, type TurnDeps } from './play-turn.ts'

export interface RoundDeps extends TurnDeps {
  deps: Pick<ServiceDeps, 'outbox' | 'clock' | 'logger'>
  metrics: DispatchMetrics
  /** How long an order may be dialed after it was made, in real milliseconds. */
  orderValidityMs: number
}

/** What a lane has read, in the order of the stream. */
export interface Happened {
  facts: readonly CallFact[]
  /** Of nodes, on calls of executions. */
  runs: readonly NodeRun[]
}

/**
 * One transaction of a lane: a turn for each of these executions. The caller's transaction guarantees that the lane is ours. The memory is
 * changed only after the commit.
 *
 * @param executionIds at least the executions that the facts name. Those of runs take a turn if they have auto-pause rules.
 */
export async function playRound(
  tx: Tx,
  round: RoundDeps,
  lane: LaneMemory,
  executionIds: readonly string[],
  { facts, runs }: Happened,
): Promise<void> {
  const states = await lockStates(tx, executionIds, [...new Set(runs.map(({ data }) => data.executionId ?? ''))])
  if (states.size === 0) return
  // Read after the rows are locked, so that no command that committed before is judged by an earlier time.
  const { clock } = round.deps
  const time: TurnTime = { nowMs: clock.now(), speed: clock.speed, orderValidityMs: round.orderValidityMs * clock.speed }
  await remember(tx, lane, states, time)
  const grouped = groupFacts(facts)
  const contacts = await loadContacts(tx, grouped.contacts)
  const counted = await newRuns(tx, states, runs)
  const played: PlayedTurn[] = []
  for (const [id, { state, hasCredits, autoPauseRules }] of states) {
    const memory = lane.get(id)
    if (!memory) continue
    const begun = beginTurn(memory.rules, state, memory.outlook, time)
    const folded = foldFacts(memory.rules, begun, grouped.byExecution.get(id) ?? [], contacts.get(id) ?? new Map(), time.nowMs)
    const watched = pauseAtThreshold(memory.rules, folded, autoPauseRules, counted.get(id) ?? [], time.nowMs)
    const affordable = pauseWithoutCredits(memory.rules, watched, hasCredits, time)
    played.push(await playTurn(tx, round, memory, affordable, time))
  }
  await writeContacts(
    tx,
    played.flatMap(({ turn }) => [...turn.writes.values()]),
  )
  await writeStates(tx, changedStates(states, played), time.nowMs)
  await appendToOutbox(
    tx,
    round.deps.outbox,
    played.flatMap(({ memory, turn }) => messagesOf(memory.rules.plan.id, turn)),
  )
  tx.afterCommit(() => {
    for (const turn of played) keep(round, lane, turn, time.nowMs)
    for (const { data } of facts) lane.get(data.executionId ?? '')?.orders.answered(data.callId)
  })
}

async function remember(tx: Tx, lane: LaneMemory, states: ReadonlyMap<string, LockedState>, time: TurnTime): Promise<void> {
  const unknown: string[] = []
  const changed: string[] = []
  for (const [id, { state }] of states) {
    const memory = lane.get(id)
    if (!memory) unknown.push(id)
    // The lane has not said this itself: a command has.
    else if (memory.outlook.revision !== 0 && memory.outlook.revision !== state.revision) changed.push(id)
  }
  for (const plan of await readPlans(tx.orm, unknown)) lane.add(plan, time)
  for (const plan of await readPlans(tx.orm, changed)) lane.renew(plan)
}

/** The runs that count, by execution: of a node with a rule, while the execution has not ended, and not counted before. */
async function newRuns(tx: Tx, states: ReadonlyMap<string, LockedState>, runs: readonly NodeRun[]): Promise<Map<string, NodeRun[]>> {
  const byExecution = Map.groupBy(runs, ({ data }) => data.executionId ?? '')
  const ruled = [...states].flatMap(([id, { state, autoPauseRules }]) =>
    isLive(state) ? runsToCount(autoPauseRules, byExecution.get(id) ?? []) : [],
  )
  return Map.groupBy(await noteRuns(tx, ruled), ({ data }) => data.executionId ?? '')
}

interface GroupedFacts {
  byExecution: Map<string, CallFact[]>
  /** The contacts that the facts name, each once. */
  contacts: { executionId: string; contactId: string }[]
}

function groupFacts(facts: readonly CallFact[]): GroupedFacts {
  const grouped: GroupedFacts = { byExecution: new Map(), contacts: [] }
  const seen = new Set<string>()
  for (const fact of facts) {
    const { executionId, contactId } = fact.data
    if (executionId === null || contactId === null) continue
    const others = grouped.byExecution.get(executionId)
    if (others) others.push(fact)
    else grouped.byExecution.set(executionId, [fact])
    const key = executionId + contactId
    if (!seen.has(key)) grouped.contacts.push({ executionId, contactId })
    seen.add(key)
  }
  return grouped
}

function changedStates(before: ReadonlyMap<string, LockedState>, played: readonly PlayedTurn[]): Map<string, ExecutionState> {
  const changed = new Map<string, ExecutionState>()
  for (const { memory, turn } of played) {
    const { id } = memory.rules.plan
    if (turn.state !== before.get(id)?.state) changed.set(id, turn.state)
  }
  return changed
}

function messagesOf(executionId: string, { orders, events, fired }: Turn): OutboxMessage[] {
  return [
    ...orders.map((message) => ({ stream: 'DIAL' as const, laneKey: executionId, message })),
    ...[...events, ...fired].map((message) => ({ stream: 'PROGRAMS' as const, laneKey: executionId, message })),
  ]
}

/** Remembers what a committed turn found out. */
function keep({ metrics, deps }: RoundDeps, lane: LaneMemory, { memory, turn, resend }: PlayedTurn, nowMs: number): void {
  const { id } = memory.rules.plan
  const context = { executionId: id, correlationId: id }
  if (turn.outlook.isSettled && !memory.outlook.isSettled) deps.logger.info({ ...context, status: turn.state.status }, 'execution settled')
  if (turn.events.some(({ data }) => 'status' in data && data.status === 'paused_no_credits')) {
    deps.logger.warn(context, 'execution paused: the organization has no credits')
  }
  for (const { data } of turn.events) {
    if ('pausedBy' in data && data.pausedBy) deps.logger.info({ ...context, ...data.pausedBy }, 'execution paused by a rule')
  }
  lane.keep(id, { rules: memory.rules, outlook: turn.outlook })
  if (resend) memory.orders.sentAgain(resend.callIds, resend.isComplete, nowMs)
  if (resend && resend.callIds.length > 0) {
    metrics.ordersSentAgain.inc(resend.callIds.length)
    deps.logger.warn({ ...context, orders: resend.callIds.length }, 'orders without an answer sent again')
  }
  for (const { callId, notAfterMs } of turn.ordered) memory.orders.made(callId, notAfterMs)
  metrics.callsOrdered.inc(turn.ordered.length)
}
