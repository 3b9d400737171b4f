import { randomUUID } from 'node:crypto'
import type { CallEvent } from '@carillon/contracts/call-events'
import { appendToOutbox, type OutboxMessage, type OutboxSignal } from '@carillon/service-kit/messaging/outbox'
import type { Database } from '@carillon/service-kit/postgres/database'
import type { JournaledCall } from '../calls/call-runner.ts'
import { callNotDialed, callStarted, ownerOf } from '../domain/call-event.ts'
import { unrunnableCallEnded } from '../domain/lost-call.ts'
import { type CallProgress, insertIntoJournal, type Journaled, recordProgress } from '../store/dial-journal.ts'
import type { FlowVersion } from './flow-versions.ts'
import type { DecodedOrder } from './order-decoder.ts'

/** An order with the flow that it asks for. */
export interface Candidate extends DecodedOrder {
  /** Null if the order looks too late to load its flow. The journal says whether it is. */
  readonly version: FlowVersion | null
  /** Its number is in the do-not-call list. */
  readonly suppressed: boolean
}

/** What became of a batch of orders. No other bridge will ever dial a call that is `admitted` here. */
export interface Admission {
  readonly admitted: readonly JournaledCall[]
  readonly expired: number
  readonly suppressed: number
  readonly duplicates: number
  /** Orders that must come again later, e.g. because their number has a call under way. Nothing is written about them. */
  readonly waiting: readonly Candidate[]
  /** Orders that the database cannot store. */
  readonly refused: readonly { candidate: Candidate; error: unknown }[]
}

export interface AdmissionDeps {
  database: Database
  outbox: OutboxSignal
  owner: string
}

/**
 * Writes a batch of orders to the dial journal. In the same transaction, what is known about orders that are not dialed goes to the outbox. Of a
 * call that is to be dialed nothing is told before the carrier is asked. No call id may come twice. Throws if the database cannot do it now: it can be tried again with the same `claim`.
 */
export async function admit(deps: AdmissionDeps, claim: string, candidates: readonly Candidate[]): Promise<Admission> {
  try {
    return await admitTogether(deps, claim, candidates)
  } catch (error) {
    if (!isFaultOfAnOrder(error)) throw error
    const [only] = candidates
    if (only && candidates.length === 1) return { ...nothing, refused: [{ candidate: only, error }] }
  }
  // One of the orders is at fault. It must not hold up the others.
  let total = nothing
  for (const candidate of candidates) total = plus(total, await admit(deps, claim, [candidate]))
  return total
}

/** SQLSTATE classes of data that does not fit, or an error that is not the database's. Any other error may be gone at the next try. */
function isFaultOfAnOrder(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error) || /^2[123]/.test(String(error.code))
}

/** Names a batch for {@link admit}. */
export const newClaim = randomUUID

const nothing: Admission = { admitted: [], expired: 0, suppressed: 0, duplicates: 0, waiting: [], refused: [] }

function plus(a: Admission, b: Admission): Admission {
  return {
    admitted: [...a.admitted, ...b.admitted],
    expired: a.expired + b.expired,
    suppressed: a.suppressed + b.suppressed,
    duplicates: a.duplicates + b.duplicates,
    waiting: [...a.waiting, ...b.waiting],
    refused: [...a.refused, ...b.refused],
  }
}

async function admitTogether(
  { database, outbox, owner }: AdmissionDeps,
  claim: string,
  candidates: readonly Candidate[],
): Promise<Admission> {
  const byCallId = new Map(candidates.map((candidate) => [candidate.order.data.callId, candidate]))
  const entries = candidates.map(({ order, json, notBeforeMs, notAfterMs, version, suppressed }) => ({
    callId: order.data.callId,
    organizationId: order.organizationId,
    // A test call reaches nobody, so it keeps no live call waiting.
    number: order.data.test ? `test ${order.data.to}` : order.data.to,
    notBeforeMs: version === null ? Infinity : notBeforeMs,
    notAfterMs,
    suppressed,
    order: json,
    dialNodeId: version && 'flow' in version ? version.flow.start.id : null,
  }))
  function fateOf(row: Journaled): Fate {
    const candidate = byCallId.get(row.callId)
    if (!candidate) throw new Error(`the journal returned ${row.callId}, which is not in the batch`)
    return fateIn(row, candidate)
  }
  return database.transaction(async (tx) => {
    const { inserted, fromEarlierTry, duplicates } = await insertIntoJournal(tx, owner, claim, entries)
    const fates = inserted.map(fateOf)
    const unrunnable = fates.flatMap(({ progress }) => progress ?? [])
    if (unrunnable.length > 0) await recordProgress(tx, owner, unrunnable)
    await appendToOutbox(tx, outbox, fates.flatMap(messagesOf))
    // The earlier try has committed its messages too.
    const known = [...fates, ...fromEarlierTry.map(fateOf)]
    const settled = new Set([...known.map(({ candidate }) => candidate.order.data.callId), ...duplicates])
    return {
      admitted: known.flatMap(({ call }) => call ?? []),
      expired: inserted.filter(({ state }) => state === 'expired').length,
      suppressed: inserted.filter(({ state }) => state === 'suppressed').length,
      duplicates: duplicates.size,
      waiting: candidates.filter(({ order }) => !settled.has(order.data.callId)),
      refused: [],
    }
  })
}

/** What follows from a row of the journal for its order. */
interface Fate {
  readonly candidate: Candidate
  readonly events: readonly CallEvent[]
  readonly call?: JournaledCall
  readonly progress?: CallProgress
}

function fateIn(row: Journaled, candidate: Candidate): Fate {
  const { order, version, notAfterMs } = candidate
  const { state, startedAtMs } = row
  if (state === 'expired' || state === 'suppressed') return { candidate, events: [callNotDialed(order, startedAtMs, state)] }
  if (state === 'ended' || version === null) return { candidate, events: [] }
  if ('flow' in version) return { candidate, events: [], call: { order, flow: version.flow, startedAtMs, notAfterMs } }
  const events = [callStarted(order, startedAtMs), unrunnableCallEnded(order, startedAtMs, version.unusable)]
  return { candidate, events, progress: endedAtOnce(row) }
}

function messagesOf({ candidate, events }: Fate): OutboxMessage[] {
  return events.map((message) => ({ stream: 'CALLS', laneKey: ownerOf(candidate.order), message }))
}

function endedAtOnce({ callId, startedAtMs }: Journaled): CallProgress {
  return {
    callId,
    state: 'ended',
    lastSeq: 2,
    lastEventAtMs: startedAtMs,
    dialedAtMs: null,
    answeredAtMs: null,
    endedAtMs: startedAtMs,
    executedNodes: 0,
  }
}
