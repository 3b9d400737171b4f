import type { CallEvent } from '@carillon/contracts/call-events'
import { inOrder, type Position } from '@carillon/service-kit/domain/in-order'
import { type Call, type CallEnd, callEndOf, callOf } from './call.ts'
import { type AddedCounts, callCounter } from './call-counter.ts'

/** How far a call was read before the batch. */
export interface KnownCall {
  /** 0 until its `call.started` has come. */
  readonly lastSeq: number
  /** Events that wait for an earlier one. */
  readonly parked: readonly CallEvent[]
}

/** Events of one call, in order and without a gap, up to `lastSeq`. */
export interface Chapter {
  readonly callId: string
  readonly lastSeq: number
  readonly events: readonly CallEvent[]
}

/** What a batch of events adds to what is stored. */
export interface CallBatch extends AddedCounts {
  readonly started: Call[]
  readonly ended: CallEnd[]
  readonly chapters: Chapter[]
  /** Calls whose parked events have changed, with the events that are parked now. */
  readonly parked: { readonly callId: string; readonly events: readonly CallEvent[] }[]
}

interface SequencedEvent {
  readonly seq: number
  readonly event: CallEvent
}

interface OpenCall {
  readonly before: Position<SequencedEvent>
  position: Position<SequencedEvent>
  readonly events: CallEvent[]
}

const sequenced = (event: CallEvent): SequencedEvent => ({ seq: event.data.seq, event })

/**
 * Folds a batch of events. A call that is missing in `known` has not been read at all. An event that was seen before changes nothing, and one
 * that comes too early is parked. Throws if the first event of a call is not `call.started`.
 */
export function foldCallEvents(known: ReadonlyMap<string, KnownCall>, events: readonly CallEvent[]): CallBatch {
  const open = new Map<string, OpenCall>()
  const started: Call[] = []
  const ended: CallEnd[] = []
  const counter = callCounter()
  for (const event of events) {
    const { callId } = event.data
    const call = open.get(callId) ?? opened(known.get(callId))
    open.set(callId, call)
    const { ready, position } = inOrder(call.position, sequenced(event))
    call.position = position
    for (const next of ready) {
      refuseMisplacedStart(next.event)
      call.events.push(next.event)
      if (next.event.type === 'call.started') started.push(callOf(next.event))
      else if (next.event.type === 'call.ended') ended.push(callEndOf(next.event))
      counter.add(next.event)
    }
  }
  return { started, ended, ...chaptersOf(open), ...counter.totals() }
}

/** A call begins with `call.started`, and only there. */
function refuseMisplacedStart({ type, data: { callId, seq } }: CallEvent): void {
  if ((seq === 1) !== (type === 'call.started')) throw new Error(`event ${seq} of call ${callId} is ${type}`)
}

function opened(known: KnownCall | undefined): OpenCall {
  const before = { lastSeq: known?.lastSeq ?? 0, parked: known?.parked.map(sequenced) ?? [] }
  return { before, position: before, events: [] }
}

function chaptersOf(open: ReadonlyMap<string, OpenCall>): Pick<CallBatch, 'chapters' | 'parked'> {
  const stored: Pick<CallBatch, 'chapters' | 'parked'> = { chapters: [], parked: [] }
  for (const [callId, { before, position, events }] of open) {
    if (events.length > 0) stored.chapters.push({ callId, lastSeq: position.lastSeq, events })
    if (!sameEvents(position.parked, before.parked)) {
      stored.parked.push({ callId, events: position.parked.map(({ event }) => event) })
    }
  }
  return stored
}

function sameEvents(one: readonly SequencedEvent[], other: readonly SequencedEvent[]): boolean {
  return one.length === other.length && one.every(({ seq }, index) => seq === other[index]?.seq)
}
