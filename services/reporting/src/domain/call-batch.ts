import type { CallEvent, NodeExecuted } from '@carillon/contracts/call-events'
import { inOrder, type Position } from '@carillon/service-kit/in-order'
import { type AttemptStats, countEnd, noCalls } from './attempt-stats.ts'
import { type Call, evolve } from './call.ts'
import { type DigitStats, digitsPressed, type NodeStats } from './node-stats.ts'

/** A call as it was stored before the batch. */
export interface KnownCall {
  /** Null while its `call.started` has not come. */
  readonly call: Call | null
  /** Events that came before one that precedes them. */
  readonly parked: readonly CallEvent[]
}

/** What a batch of events changes. Counts are what is to be added to those stored. */
export interface CallBatch {
  readonly calls: Call[]
  /** The events that went into each call, in order. */
  readonly chapters: { readonly callId: string; readonly events: readonly CallEvent[] }[]
  /** Calls whose parked events are others than before, with those that are parked now. */
  readonly parked: { readonly callId: string; readonly events: readonly CallEvent[] }[]
  readonly attempts: AttemptStats[]
  readonly nodes: NodeStats[]
  readonly digits: DigitStats[]
}

interface SequencedEvent {
  readonly seq: number
  readonly event: CallEvent
}

interface OpenCall {
  call: Call | null
  readonly before: Position<SequencedEvent>
  position: Position<SequencedEvent>
  readonly events: CallEvent[]
}

const sequenced = (event: CallEvent): SequencedEvent => ({ seq: event.data.seq, event })

/** Folds a batch of events over the calls that they are about. One that was seen before changes nothing; one that comes too early waits. */
export function foldCallEvents(known: ReadonlyMap<string, KnownCall>, events: readonly CallEvent[]): CallBatch {
  const open = new Map<string, OpenCall>()
  const counts = new Counts()
  for (const event of events) {
    const { callId } = event.data
    let entry = open.get(callId)
    if (!entry) {
      entry = opened(known.get(callId))
      open.set(callId, entry)
    }
    const { ready, position } = inOrder(entry.position, sequenced(event))
    entry.position = position
    for (const next of ready) {
      entry.call = evolve(entry.call, next.event)
      entry.events.push(next.event)
      counts.add(entry.call, next.event)
    }
  }
  return { ...changes(open), ...counts.totals() }
}

function opened(known: KnownCall | undefined): OpenCall {
  const before = { lastSeq: known?.call?.lastSeq ?? 0, parked: known?.parked.map(sequenced) ?? [] }
  return { call: known?.call ?? null, before, position: before, events: [] }
}

function changes(open: ReadonlyMap<string, OpenCall>): Pick<CallBatch, 'calls' | 'chapters' | 'parked'> {
  const changed: Pick<CallBatch, 'calls' | 'chapters' | 'parked'> = { calls: [], chapters: [], parked: [] }
  for (const [callId, { call, before, position, events }] of open) {
    if (call && events.length > 0) {
      changed.calls.push(call)
      changed.chapters.push({ callId, events })
    }
    if (!sameEvents(position.parked, before.parked)) {
      changed.parked.push({ callId, events: position.parked.map(({ event }) => event) })
    }
  }
  return changed
}

function sameEvents(one: readonly SequencedEvent[], other: readonly SequencedEvent[]): boolean {
  return one.length === other.length && one.every(({ seq }, index) => seq === other[index]?.seq)
}

/** Counts of the executions in a batch. Calls outside any execution are in no execution's report. */
class Counts {
  readonly #attempts = new Map<string, AttemptStats>()
  readonly #nodes = new Map<string, NodeStats>()
  readonly #digits = new Map<string, DigitStats>()

  add({ executionId, attempt }: Call, event: CallEvent): void {
    if (executionId === null) return
    if (event.type === 'call.started') this.#attempt(executionId, attempt).started++
    else if (event.type === 'call.ended') countEnd(this.#attempt(executionId, attempt), event.data)
    else if (event.type === 'node.executed') this.#addNode(executionId, event)
  }

  totals(): Pick<CallBatch, 'attempts' | 'nodes' | 'digits'> {
    return { attempts: [...this.#attempts.values()], nodes: [...this.#nodes.values()], digits: [...this.#digits.values()] }
  }

  #attempt(executionId: string, attempt: number): AttemptStats {
    return entryOf(this.#attempts, `${executionId}/${attempt}`, () => ({ executionId, attempt, ...noCalls() }))
  }

  #addNode(executionId: string, event: NodeExecuted): void {
    const { nodeId, nodeType, nodeLabel = null, visit } = event.data
    const node = entryOf(this.#nodes, `${executionId}/${nodeId}`, () => {
      return { executionId, nodeId, nodeType, nodeLabel, uniqueCalls: 0, totalExecutions: 0 }
    })
    node.totalExecutions++
    if (visit === 1) node.uniqueCalls++
    const digits = digitsPressed(event)
    if (digits === null) return
    // Digits hold no slash, so no two inputs have one key, whatever a node is called.
    entryOf(this.#digits, `${executionId}/${digits}/${nodeId}`, () => ({ executionId, nodeId, digits, executions: 0 })).executions++
  }
}

function entryOf<T>(map: Map<string, T>, key: string, create: () => T): T {
  const found = map.get(key)
  if (found !== undefined) return found
  const entry = create()
  map.set(key, entry)
  return entry
}
