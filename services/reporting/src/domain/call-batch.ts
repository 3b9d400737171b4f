import { type CallEvent, callSubjectOf } from '@carillon/contracts/call-events'
import { fromIso } from '@carillon/contracts/instant'
import { EventRefusedError } from '@carillon/service-kit/domain/event-refused'
import { type Position, reassemble } from '@carillon/service-kit/domain/reassembly'
import { type Call, type CallEnd, callEndOf, callOf, type PlacedCallEvent } from './call.ts'
import { callChanges } from './call-figures.ts'
import type { Happened } from './cut.ts'
import { type Change, inOrder } from './figures.ts'

/** How far a call was read, its events that wait for an earlier one, and the execution or job that it belongs to. */
export type CallPosition = Position<PlacedCallEvent> & { readonly callOwner?: string }

/** Events of one call that are new: in order and without a gap, up to `lastSeq`. */
export interface NewEvents {
  readonly callId: string
  readonly lastSeq: number
  readonly events: readonly CallEvent[]
}

/** What a batch of events adds to what is stored. */
export interface CallBatch {
  readonly started: Call[]
  readonly ended: CallEnd[]
  readonly newEvents: NewEvents[]
  /** Calls whose parked events have changed, with the events that are parked now. */
  readonly parked: { readonly callId: string; readonly events: readonly PlacedCallEvent[] }[]
  /** What is added to the figures of each execution, in order. Calls without an execution are not counted. */
  readonly changes: ReadonlyMap<string, readonly Change[]>
}

/**
 * Folds a batch of events. A call that is missing in `known` has not been read at all. An event that was seen before changes nothing, and one
 * that comes too early is parked. Throws an `EventRefusedError` if the first event of a call is not `call.started`, or an event names another execution than
 * the call's first event did.
 *
 * @param ends where the figures of each execution end. Nothing is added before that; those that are missing begin at 0.
 */
export function foldCallEvents(
  known: ReadonlyMap<string, CallPosition>,
  events: readonly PlacedCallEvent[],
  ends: ReadonlyMap<string, Happened> = new Map(),
): CallBatch {
  const batch = { started: [] as Call[], ended: [] as CallEnd[], newEvents: [] as NewEvents[], parked: [] as CallBatch['parked'][number][] }
  const changes = new Map<string, Change[]>()
  refuseStrangers(known, events)
  const arrivals = events.map((event) => ({ subject: event.data.callId, item: event }))
  for (const { subject: callId, ready, before, after } of reassemble(arrivals, known, seqOf)) {
    const executionId = ready[0]?.data.executionId ?? null
    const added = executionId === null ? undefined : changesOf(changes, executionId)
    let position = executionId === null ? 0 : (ends.get(executionId)?.position ?? 0)
    for (const event of ready) {
      refuseMisplacedStart(event)
      // An event is read when all before it have arrived.
      position = Math.max(position, event.position ?? 0)
      if (event.type === 'call.started') batch.started.push(callOf(event, position))
      else if (event.type === 'call.ended') batch.ended.push(callEndOf(event, position))
      if (!added) continue
      const adds = callChanges(event)
      if (adds.length === 0) continue
      const atMs = fromIso(event.time)
      for (const add of adds) added.push({ position, atMs, ...add })
    }
    if (ready.length > 0) batch.newEvents.push({ callId, lastSeq: after.lastSeq, events: ready })
    if (after.parked !== before.parked) batch.parked.push({ callId, events: after.parked })
  }
  const ordered = [...changes].map(([id, own]): [string, Change[]] => [id, inOrder(own, ends.get(id) ?? { position: 0, atMs: 0 })])
  return { ...batch, changes: new Map(ordered) }
}

function changesOf(changes: Map<string, Change[]>, executionId: string): Change[] {
  const known = changes.get(executionId)
  if (known) return known
  const own: Change[] = []
  changes.set(executionId, own)
  return own
}

const seqOf = (event: CallEvent) => event.data.seq

/** A call belongs to one execution or job, whatever a later event says. */
function refuseStrangers(known: ReadonlyMap<string, CallPosition>, events: readonly CallEvent[]): void {
  const owners = new Map<string, string>()
  for (const event of events) {
    const { callId } = event.data
    const owner = owners.get(callId) ?? known.get(callId)?.callOwner
    const named = callSubjectOf(event)
    if (owner !== undefined && owner !== named) throw new EventRefusedError(`call ${callId} belongs to ${owner}, not to ${named}`)
    owners.set(callId, named)
  }
}

/** A call begins with `call.started`, and no later event is one. */
function refuseMisplacedStart({ type, data: { callId, seq } }: CallEvent): void {
  if ((seq === 1) !== (type === 'call.started')) throw new EventRefusedError(`event ${seq} of call ${callId} is ${type}`)
}
