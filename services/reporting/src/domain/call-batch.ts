import { type CallEvent, callSubjectOf } from '@carillon/contracts/call-events'
import { EventRefusedError } from '@carillon/service-kit/domain/event-refused'
import { type Position, reassemble } from '@carillon/service-kit/domain/reassembly'
import { type Call, type CallEnd, callEndOf, callOf } from './call.ts'
import { type AddedCounts, callCounter } from './call-counter.ts'

/** How far a call was read, its events that wait for an earlier one, and the execution or job that it belongs to. */
export type CallPosition = Position<CallEvent> & { readonly callOwner?: string }

/** Events of one call that are new: in order and without a gap, up to `lastSeq`. */
export interface NewEvents {
  readonly callId: string
  readonly lastSeq: number
  readonly events: readonly CallEvent[]
}

/** What a batch of events adds to what is stored. */
export interface CallBatch extends AddedCounts {
  readonly started: Call[]
  readonly ended: CallEnd[]
  readonly newEvents: NewEvents[]
  /** Calls whose parked events have changed, with the events that are parked now. */
  readonly parked: { readonly callId: string; readonly events: readonly CallEvent[] }[]
}

/**
 * Folds a batch of events. A call that is missing in `known` has not been read at all. An event that was seen before changes nothing, and one
 * that comes too early is parked. Throws an `EventRefusedError` if the first event of a call is not `call.started`, or an event names another execution than
 * the call's first event did.
 */
export function foldCallEvents(known: ReadonlyMap<string, CallPosition>, events: readonly CallEvent[]): CallBatch {
  const stored: Pick<CallBatch, 'started' | 'ended' | 'newEvents' | 'parked'> = { started: [], ended: [], newEvents: [], parked: [] }
  const counter = callCounter()
  refuseStrangers(known, events)
  const arrivals = events.map((event) => ({ subject: event.data.callId, item: event }))
  for (const { subject: callId, ready, before, after } of reassemble(arrivals, known, seqOf)) {
    for (const event of ready) {
      refuseMisplacedStart(event)
      if (event.type === 'call.started') stored.started.push(callOf(event))
      else if (event.type === 'call.ended') stored.ended.push(callEndOf(event))
      counter.add(event)
    }
    if (ready.length > 0) stored.newEvents.push({ callId, lastSeq: after.lastSeq, events: ready })
    if (after.parked !== before.parked) stored.parked.push({ callId, events: after.parked })
  }
  return { ...stored, ...counter.totals() }
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
