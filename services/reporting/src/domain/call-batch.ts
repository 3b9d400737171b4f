import type { CallEvent, NodeExecuted } from '@carillon/contracts/call-events'
import { inOrder, type Position } from '@carillon/service-kit/domain/in-order'
import { type AttemptStats, countEnd, noCalls } from './attempt-stats.ts'
import { type Call, type CallEnd, callEndOf, callOf } from './call.ts'
import { type DigitStats, digitsPressed, type NodeStats } from './node-stats.ts'

/** How far a call had been read before the batch. */
export interface KnownCall {
  /** 0 while its `call.started` has not come. */
  readonly lastSeq: number
  /** Events that came before one that precedes them. */
  readonly parked: readonly CallEvent[]
}

/** Events of one call, in order and without a gap, up to `lastSeq`. */
export interface Chapter {
  readonly callId: string
  readonly lastSeq: number
  readonly events: readonly CallEvent[]
}

/** What a batch of events adds to what is stored. */
export interface CallBatch {
  readonly started: Call[]
  readonly ended: CallEnd[]
  readonly chapters: Chapter[]
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
  readonly before: Position<SequencedEvent>
  position: Position<SequencedEvent>
  readonly events: CallEvent[]
}

const sequenced = (event: CallEvent): SequencedEvent => ({ seq: event.data.seq, event })

/**
 * Folds a batch of events over the calls that they are about; calls that are not known have not been read at all. An event that was seen before
 * changes nothing; one that comes too early waits. Throws where the first event of a call is no `call.started`.
 */
export function foldCallEvents(known: ReadonlyMap<string, KnownCall>, events: readonly CallEvent[]): CallBatch {
  const open = new Map<string, OpenCall>()
  const sums = new Sums()
  for (const event of events) {
    const { callId } = event.data
    const call = entryOf(open, callId, () => opened(known.get(callId)))
    const { ready, position } = inOrder(call.position, sequenced(event))
    call.position = position
    for (const next of ready) {
      call.events.push(next.event)
      sums.add(next.event)
    }
  }
  return { ...stories(open), ...sums.totals() }
}

function opened(known: KnownCall | undefined): OpenCall {
  const before = { lastSeq: known?.lastSeq ?? 0, parked: known?.parked.map(sequenced) ?? [] }
  return { before, position: before, events: [] }
}

function stories(open: ReadonlyMap<string, OpenCall>): Pick<CallBatch, 'chapters' | 'parked'> {
  const told: Pick<CallBatch, 'chapters' | 'parked'> = { chapters: [], parked: [] }
  for (const [callId, { before, position, events }] of open) {
    if (events.length > 0) told.chapters.push({ callId, lastSeq: position.lastSeq, events })
    if (!sameEvents(position.parked, before.parked)) {
      told.parked.push({ callId, events: position.parked.map(({ event }) => event) })
    }
  }
  return told
}

function sameEvents(one: readonly SequencedEvent[], other: readonly SequencedEvent[]): boolean {
  return one.length === other.length && one.every(({ seq }, index) => seq === other[index]?.seq)
}

/** What the events of a batch come to. Calls outside any execution are counted in none. */
class Sums {
  readonly #started: Call[] = []
  readonly #ended: CallEnd[] = []
  readonly #attempts = new Map<string, AttemptStats>()
  readonly #nodes = new Map<string, NodeStats>()
  readonly #digits = new Map<string, DigitStats>()

  add(event: CallEvent): void {
    const { executionId, seq } = event.data
    if ((seq === 1) !== (event.type === 'call.started')) throw new Error(`event ${seq} of call ${event.data.callId} is ${event.type}`)
    if (event.type === 'call.started') {
      this.#started.push(callOf(event))
      if (executionId !== null) this.#attempt(executionId, event.data.attempt).started++
    } else if (event.type === 'call.ended') {
      this.#ended.push(callEndOf(event))
      if (executionId !== null) countEnd(this.#attempt(executionId, event.data.attempt), event.data)
    } else if (event.type === 'node.executed') {
      if (executionId !== null) this.#addNode(executionId, event)
    }
  }

  totals(): Pick<CallBatch, 'started' | 'ended' | 'attempts' | 'nodes' | 'digits'> {
    return {
      started: this.#started,
      ended: this.#ended,
      attempts: [...this.#attempts.values()],
      nodes: [...this.#nodes.values()],
      digits: [...this.#digits.values()],
    }
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
