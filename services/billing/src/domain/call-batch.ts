import { EventRefusedError } from '@carillon/service-kit/domain/event-refused'
import { type Position, reassemble, unread } from '@carillon/service-kit/domain/reassembly'
import { type Call, type CallFact, type EndedCall, evolve, factOf, type PlacedCallEvent, unknownCall } from './call.ts'

/** A call whose events are not complete: what is known of it, and how far it was read. */
export interface OpenCall {
  callId: string
  organizationId: string
  executionId: string | null
  call: Call
  position: Position<CallFact>
}

/** A call whose events are complete. */
export interface CompleteCall {
  callId: string
  organizationId: string
  call: EndedCall
  /** Of the event that completed it, in the calls' lane. */
  position: number
}

export interface FoldedBatch {
  /** In the order in which they became complete. */
  complete: CompleteCall[]
  /** Calls that the batch changed and did not complete. */
  open: OpenCall[]
}

/**
 * Reads the calls of a batch further, each in the order of its `seq`. An event that was seen before changes nothing, nor does an event of a call
 * that was rated. An event that comes too early is parked. Throws an {@link EventRefusedError} if
 * an event names another owner than the call's first event did.
 */
export function foldBatch(events: readonly PlacedCallEvent[], known: ReadonlyMap<string, OpenCall | 'rated'>): FoldedBatch {
  const calls = new Map<string, OpenCall>()
  const arrivals: { subject: string; item: CallFact }[] = []
  for (const event of events) {
    const { callId } = event.data
    const before = calls.get(callId) ?? known.get(callId) ?? newCall(event)
    if (before === 'rated') continue
    refuseStranger(before, event)
    calls.set(callId, before)
    arrivals.push({ subject: callId, item: factOf(event) })
  }
  const positions = new Map([...calls].map(([callId, { position }]) => [callId, position]))
  const folded: FoldedBatch = { complete: [], open: [] }
  for (const { subject: callId, ready, after } of reassemble(arrivals, positions, ({ seq }) => seq)) {
    const before = calls.get(callId)
    if (!before) throw new Error(`call ${callId} is not in the batch`)
    const call = ready.reduce(evolve, before.call)
    if (call.state === 'ended') folded.complete.push({ callId, organizationId: before.organizationId, call, position: lastArrival(ready) })
    else folded.open.push({ ...before, call, position: after })
  }
  return folded
}

/** Events are read as soon as all before them have arrived: the one that arrived last let the others be read. */
function lastArrival(facts: readonly CallFact[]): number {
  return Math.max(...facts.map(({ position = 0 }) => position))
}

/** A call belongs to one organization and one execution, whatever a later event says. */
function refuseStranger(call: OpenCall, { organizationId, data: { callId, executionId } }: PlacedCallEvent): void {
  if (call.organizationId === organizationId && call.executionId === executionId) return
  throw new EventRefusedError(
    `call ${callId} belongs to organization ${call.organizationId}, execution ${call.executionId}, not to ${organizationId}, ${executionId}`,
  )
}

function newCall({ organizationId, data: { callId, executionId } }: PlacedCallEvent): OpenCall {
  return { callId, organizationId, executionId, call: unknownCall, position: unread }
}
