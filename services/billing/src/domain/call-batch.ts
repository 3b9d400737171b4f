import { inOrder, type Position } from '@carillon/service-kit/domain/in-order'
import { type Call, type CallFact, type CallProgress, type EndedCall, evolve, factOf, unknownCall } from './call.ts'

/** A call whose events are not complete: what is known of it, and how far it has been read. */
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
}

export interface FoldedBatch {
  /** In the order in which they became complete. */
  complete: CompleteCall[]
  /** Calls that the batch took further and left open. */
  open: OpenCall[]
}

/**
 * Takes the calls of a batch as far as its events go, each in the order of its `seq`. What was seen before is absorbed, and so is everything about a
 * call that was rated; what comes before its turn is parked.
 */
export function foldBatch(events: readonly CallProgress[], known: ReadonlyMap<string, OpenCall | 'rated'>): FoldedBatch {
  const complete: CompleteCall[] = []
  const touched = new Map<string, OpenCall>()
  for (const event of events) {
    const { callId, executionId } = event.data
    const before = touched.get(callId) ?? known.get(callId) ?? newCall(callId, event.organizationId, executionId)
    if (before === 'rated' || before.call.state === 'ended') continue
    const { ready, position } = inOrder(before.position, factOf(event))
    if (position === before.position) continue
    const call = ready.reduce(evolve, before.call)
    touched.set(callId, { ...before, call, position })
    if (call.state === 'ended') complete.push({ callId, organizationId: before.organizationId, call })
  }
  return { complete, open: [...touched.values()].filter(({ call }) => call.state !== 'ended') }
}

function newCall(callId: string, organizationId: string, executionId: string | null): OpenCall {
  return { callId, organizationId, executionId, call: unknownCall, position: { lastSeq: 0, parked: [] } }
}
