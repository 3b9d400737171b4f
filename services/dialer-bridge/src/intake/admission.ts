import { randomUUID } from 'node:crypto'
import type { CompiledFlow } from '@carillon/call-flow/compile'
import type { CallEvent } from '@carillon/contracts/call-events'
import { appendToOutbox, type OutboxMessage, type OutboxSignal } from '@carillon/service-kit/messaging/outbox'
import type { Database } from '@carillon/service-kit/postgres/database'
import { callNotDialed, callStarted, ownerOf } from '../domain/call-event.ts'
import { unrunnableCallEnded } from '../domain/lost-call.ts'
import { insertIntoJournal, type Journaled, recordProgress } from '../store/dial-journal.ts'
import type { FlowVersion } from './flow-versions.ts'
import type { DecodedOrder } from './order-decoder.ts'

/** An order with the flow that it asks for. */
export interface Candidate extends DecodedOrder {
  readonly version: FlowVersion
}

/** What became of a batch of orders. No other bridge will ever dial a call that is `admitted` here. */
export interface Admission {
  readonly admitted: readonly { candidate: Candidate; flow: CompiledFlow; startedAtMs: number }[]
  readonly expired: number
  readonly duplicates: number
  /** Orders that the database cannot store. */
  readonly refused: readonly { candidate: Candidate; error: unknown }[]
}

export interface AdmissionDeps {
  database: Database
  outbox: OutboxSignal
  owner: string
}

/**
 * Writes a batch of orders to the dial journal, and the first event of each new call to the outbox in the same transaction. No call id may
 * come twice. Throws if the database cannot do it now: it can be tried again with the same `claim`.
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

const nothing: Admission = { admitted: [], expired: 0, duplicates: 0, refused: [] }

function plus(a: Admission, b: Admission): Admission {
  return {
    admitted: [...a.admitted, ...b.admitted],
    expired: a.expired + b.expired,
    duplicates: a.duplicates + b.duplicates,
    refused: [...a.refused, ...b.refused],
  }
}

async function admitTogether(
  { database, outbox, owner }: AdmissionDeps,
  claim: string,
  candidates: readonly Candidate[],
): Promise<Admission> {
  const byCallId = new Map(candidates.map((candidate) => [candidate.order.data.callId, candidate]))
  const entries = candidates.map(({ order, json, notAfterMs, version }) => ({
    callId: order.data.callId,
    notAfterMs,
    order: json,
    dialNodeId: 'flow' in version ? version.flow.start.id : null,
  }))
  return database.transaction(async (tx) => {
    const journaled = await insertIntoJournal(tx, owner, claim, entries)
    const messages: OutboxMessage[] = []
    const admitted: { candidate: Candidate; flow: CompiledFlow; startedAtMs: number }[] = []
    const unrunnable: Journaled[] = []
    for (const row of journaled) {
      const candidate = byCallId.get(row.callId)
      if (!candidate) throw new Error(`the journal returned ${row.callId}, which is not in the batch`)
      const { order, version } = candidate
      for (const message of firstEvents(candidate, row)) messages.push({ stream: 'CALLS', laneKey: ownerOf(order), message })
      if (row.state === 'expired') continue
      if ('flow' in version) admitted.push({ candidate, flow: version.flow, startedAtMs: row.startedAtMs })
      else unrunnable.push(row)
    }
    if (unrunnable.length > 0) await recordProgress(tx, owner, unrunnable.map(endedAtOnce))
    await appendToOutbox(tx, outbox, messages)
    const expired = journaled.filter(({ state }) => state === 'expired').length
    return { admitted, expired, duplicates: candidates.length - journaled.length, refused: [] }
  })
}

function firstEvents({ order, version }: Candidate, { state, startedAtMs }: Journaled): CallEvent[] {
  if (state === 'expired') return [callNotDialed(order, startedAtMs)]
  const started = callStarted(order, startedAtMs)
  return 'flow' in version ? [started] : [started, unrunnableCallEnded(order, startedAtMs, version.unusable)]
}

function endedAtOnce({ callId, startedAtMs }: Journaled) {
  return {
    callId,
    lastSeq: 2,
    lastEventAtMs: startedAtMs,
    dialedAtMs: null,
    answeredAtMs: null,
    endedAtMs: startedAtMs,
    executedNodes: 0,
  }
}
