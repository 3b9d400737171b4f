import type { FlowEnd } from './flow-end.ts'
import type { PartialResult } from './node-type.ts'
import type { AnyWaiting, RunnableNodeType, RunTypesOf } from './node-types.ts'
import type { Variables } from './variable.ts'

/** Instants are epoch milliseconds, durations milliseconds. */
export interface Step {
  readonly state: FlowState
  /** At most one: what the carrier is to do now. */
  readonly instructions: readonly Instruction[]
  /** The nodes that ended in this step, in order. */
  readonly executed: readonly NodeExecution[]
  /** Present in exactly one step of a call. */
  readonly end?: FlowEnd
}

/** Which run of which node something belongs to: with the node's type, the contract's `nodeContext`. */
export interface NodeRun {
  readonly nodeId: string
  /** 1, 2, 3… over all nodes of the call. */
  readonly nodeExecutionIndex: number
}

/** What a flow waits for. Plain data: it may be stored as JSON, and continues with the same version of the flow. */
export type FlowState = WaitingState | { readonly waitingFor: 'nothing' }

/** A node waits: its own memory, and what every waiting node has. */
export type WaitingState = EnteredNode & MemoryOf<AnyWaiting>
type MemoryOf<R extends AnyWaiting> = R extends AnyWaiting ? { readonly waitingFor: R['waitingFor'] } & R['memory'] : never

export interface EnteredNode extends NodeRun {
  /** 1 the first time this node runs in the call. */
  readonly visit: number
  readonly startedAtMs: number
  readonly variables: Variables
  /** How often each node has been entered, in the order of the graph's nodes. */
  readonly visits: readonly number[]
}

/** What the carrier is asked to do. */
export type Order = AnyWaiting['order'] | { readonly type: 'hangup'; readonly reason: string }

/** An order and the node that gave it. One input answers each order but `hangup`. No order is given while another is unanswered. */
export type Instruction = Order & NodeRun

/** What the carrier reports. */
export type FlowInput = NodeInput | HungUp

/**
 * The answer to an instruction. One that names a `nodeExecutionIndex` (or `attempt`) other than the current one is late and absorbed.
 * A carrier that may report a playback twice has to name it: else the second report would end the next playback.
 */
export type NodeInput = { readonly nodeExecutionIndex?: number; readonly attempt?: number } & AnyWaiting['input']

/** The call is over, whatever the flow waits for. */
export interface HungUp extends PartialResult {
  readonly type: 'hungup'
  readonly by: 'callee' | 'us' | 'carrier'
  readonly reason?: string
}

/** One run of one node: an entry of the contract's `executionPath`, with what the event timeline and billing need. */
export type NodeExecution = {
  [T in RunnableNodeType]: NodeExecutionHeader & { readonly nodeType: T; readonly data: RunTypesOf<T>['data'] }
}[RunnableNodeType]

export interface NodeExecutionHeader extends NodeRun {
  readonly nodeLabel?: string
  readonly visit: number
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly durationMs: number
  /** The output taken, `terminated` for a hangup node, `hangup` for a node that the end of the call interrupted. */
  readonly outputPath: string
}
