import type { SequencedCallEvent } from '@carillon/contracts/call-events'
import { fromIso } from '@carillon/contracts/instant'
import { EventRefusedError } from '@carillon/service-kit/domain/event-refused'

/** An event of a call, with its position in the calls' lane. */
export type PlacedCallEvent = SequencedCallEvent & { readonly position: number }

/** A node that has run. */
export interface ExecutedNode {
  nodeId: string
  nodeType: string
  nodeExecutionIndex: number
  durationMs: number
}

/** What the bill needs of the end of a call. */
export interface Ending {
  eventId: string
  correlationId: string
  executionId: string | null
  jobId: string | null
  contactId: string | null
  /** Answer to end; null when nobody answered. */
  durationMs: number | null
  dialNodeId: string | null
  /** In test mode: free of charge. Absent in what was stored before there was a test mode. */
  isTest?: boolean
}

/**
 * What billing needs of an event. It is plain JSON, so it can be stored while it waits for earlier events. `position` is the event's place in the calls' lane;
 * one that was stored before positions came has none.
 */
export type CallFact = { seq: number; position?: number } & (
  | { kind: 'started'; atMs: number }
  | { kind: 'node'; node: ExecutedNode }
  | { kind: 'ended'; ending: Ending }
  /** Irrelevant to billing; kept so that `seq` has no gap. */
  | { kind: 'passed' }
)

interface StartedCall {
  startedAtMs: number
  nodes: readonly ExecutedNode[]
}
export type EndedCall = StartedCall & { state: 'ended'; ending: Ending }
export type Call = { state: 'unknown' } | (StartedCall & { state: 'ongoing' }) | EndedCall

export const unknownCall: Call = { state: 'unknown' }

export function factOf(event: PlacedCallEvent): CallFact {
  const { seq } = event.data
  const { position } = event
  switch (event.type) {
    case 'call.started':
      return { seq, position, kind: 'started', atMs: fromIso(event.time) }
    case 'node.executed': {
      const { nodeId, nodeType, nodeExecutionIndex, durationMs } = event.data
      return { seq, position, kind: 'node', node: { nodeId, nodeType, nodeExecutionIndex, durationMs } }
    }
    case 'call.ended': {
      const { executionId, jobId, contactId, durationMs, dialNodeId, test: isTest = false } = event.data
      const { id: eventId, correlationId } = event
      return {
        seq,
        position,
        kind: 'ended',
        ending: { eventId, correlationId, executionId, jobId, contactId, durationMs, dialNodeId, isTest },
      }
    }
    case 'call.dialed':
    case 'call.ringing':
    case 'call.answered':
      return { seq, position, kind: 'passed' }
  }
}

/**
 * The call after the next fact in the order of `seq`. Facts after the end change nothing. Throws an {@link EventRefusedError} if a call does not begin with
 * `call.started`, because it cannot be rated.
 */
export function evolve(call: Call, fact: CallFact): Call {
  switch (call.state) {
    case 'unknown':
      if (fact.kind !== 'started') throw new EventRefusedError(`a call begins with call.started, not with "${fact.kind}"`)
      return { state: 'ongoing', startedAtMs: fact.atMs, nodes: [] }
    case 'ongoing':
      if (fact.kind === 'node') return { ...call, nodes: [...call.nodes, fact.node] }
      if (fact.kind === 'ended') return { ...call, state: 'ended', ending: fact.ending }
      return call
    case 'ended':
      return call
  }
}
