import type { CallRated } from '@carillon/contracts/billing-events'
import { callSubjectOf, type SequencedCallEvent, sequencedCallEvents } from '@carillon/contracts/call-events'
import { toIso } from '@carillon/contracts/instant'
import { appendToOutbox, type OutboxSignal } from '@carillon/service-kit/messaging/outbox'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { Clock } from '@carillon/service-kit/process/clock'
import { balanceEvents } from '../domain/balance-events.ts'
import { type CompleteCall, foldBatch } from '../domain/call-batch.ts'
import type { LedgerEntry } from '../domain/ledger.ts'
import { cardInForce, free } from '../domain/rate-card.ts'
import { type Rating, rateCall } from '../domain/rating.ts'
import type { BillingMetrics } from '../metrics.ts'
import { post } from '../store/ledger.ts'
import { readCalls, removeOpenCalls, saveOpenCalls } from '../store/open-call.ts'
import { cardsSince } from '../store/rate-card.ts'
import { rememberUncharged } from '../store/uncharged-call.ts'

interface RatedCall extends CompleteCall {
  rating: Rating
}

interface Deps {
  clock: Clock
  outbox: OutboxSignal
  metrics: BillingMetrics
}

/** Rates, charges and reports each call once, when its events are complete. Keeps nothing in memory between batches. */
export function callsProjection({ clock, outbox, metrics }: Deps): Projection<SequencedCallEvent> {
  return {
    name: 'rating',
    stream: 'CALLS',
    gatherMs: 500,
    schemas: sequencedCallEvents,
    subjectOf: callSubjectOf,
    async apply(tx, _lane, events) {
      const known = await readCalls(tx, [...new Set(events.map((event) => event.data.callId))])
      const { complete, open } = foldBatch(events, known)
      await saveOpenCalls(tx, open)
      if (complete.length === 0) return
      await removeOpenCalls(
        tx,
        complete.map(({ callId }) => callId).filter((callId) => known.has(callId)),
      )
      const rated = await rateCalls(tx, complete)
      const nowMs = clock.now()
      const entries = await charge(tx, rated, nowMs)
      await appendToOutbox(tx, outbox, [
        ...rated.map((call) => ({ stream: 'BILLING' as const, laneKey: laneKeyOf(call), message: callRated(call, nowMs) })),
        ...balanceEvents(entries).map((message) => ({ stream: 'BILLING' as const, laneKey: message.organizationId, message })),
      ])
      tx.afterCommit(() => metrics.callsRated.inc(rated.length))
    },
  }
}

async function rateCalls(tx: Tx, calls: readonly CompleteCall[]): Promise<RatedCall[]> {
  const earliestMs = new Map<string, number>()
  for (const { organizationId, call } of calls) {
    earliestMs.set(organizationId, Math.min(call.startedAtMs, earliestMs.get(organizationId) ?? call.startedAtMs))
  }
  const cards = await cardsSince(tx, earliestMs)
  return calls.map((complete) => {
    const card = cardInForce(cards.get(complete.organizationId) ?? [], complete.call.startedAtMs)
    return { ...complete, rating: rateCall(complete.call, complete.call.ending.isTest ? free(card) : card) }
  })
}

async function charge(tx: Tx, calls: readonly RatedCall[], nowMs: number): Promise<LedgerEntry[]> {
  const isCharged = ({ rating }: RatedCall) => rating.totalCostMicros > 0n
  await rememberUncharged(
    tx,
    calls.filter((call) => !isCharged(call)).map(({ callId }) => callId),
  )
  const debits = calls.filter(isCharged).map(({ callId, organizationId, call, rating }) => ({
    id: callId,
    organizationId,
    type: 'call' as const,
    amountMicros: -rating.totalCostMicros,
    callId,
    executionId: call.ending.executionId,
    reason: null,
  }))
  return post(tx, debits, nowMs)
}

/** The rating goes to the same lane as the call's own events. */
function laneKeyOf({ callId, call: { ending } }: RatedCall): string {
  return ending.executionId ?? ending.jobId ?? callId
}

function callRated({ callId, organizationId, call: { ending }, position, rating }: RatedCall, nowMs: number): CallRated {
  return {
    id: `${callId}:rated`,
    type: 'call.rated',
    version: 1,
    organizationId,
    time: toIso(nowMs),
    correlationId: ending.correlationId,
    causationId: ending.eventId,
    data: {
      callId,
      executionId: ending.executionId,
      jobId: ending.jobId,
      contactId: ending.contactId,
      durationMs: ending.durationMs,
      totalCostMicros: Number(rating.totalCostMicros),
      position,
      nodes: rating.nodes,
    },
  }
}
