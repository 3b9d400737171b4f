import type { Static, TSchema } from '@sinclair/typebox'
import type { FlowEndReason, UnansweredOutcome } from './flow-end.ts'
import type { Problem } from './problem.ts'
import type { Variables, VariableValue } from './variable.ts'

/** The output path of a hangup node. It is no output: nothing can be linked to it. */
export const terminatedPath = 'terminated'

/** The output path of a node that the end of the call interrupted. The node took no output. */
export const interruptedPath = 'hangup'

/** A text inside a node, with its JSON pointer relative to the node. */
export interface NodeText {
  readonly pointer: string
  readonly text: string
}

/**
 * All that a flow may hold about one type of node. Each type is one file in `nodes/`, and `node-types.ts` lists them.
 * A type without `run` can be described but not run: a flow that holds one is refused.
 */
export interface NodeDefinition<C extends TSchema = TSchema> {
  /** What the node does, and its outputs, for the readers of the OpenAPI document. */
  readonly description: string
  /** The schema of the node's `config`. */
  readonly config: C
  /** The node plays or listens: no route of an unanswered call may lead to it. */
  readonly needsAnsweredCall: boolean
  /** False for a node that ends at the instant it starts. A cycle must hold a node that takes time. */
  readonly takesTime: boolean
  /** Only for the node that places the call, with which a flow starts: the outputs of a call that nobody answered. */
  readonly unansweredOutputs?: readonly string[]
  /** The outputs that an edge may start from. An output without an edge ends the flow. */
  outputs(config: Static<C>): readonly string[]
  /** The texts that are templates. */
  templates?(config: Static<C>): readonly NodeText[]
  /** The names of the variables that the node reads, other than in templates. */
  variablesRead?(config: Static<C>): readonly NodeText[]
  /** The names of the variables that the node writes. */
  variablesWritten?(config: Static<C>): readonly NodeText[]
  /** What the schema cannot say about the config. Pointers are relative to the node. */
  problems?(config: Static<C>): readonly Problem[]
  readonly run?: Runner<Static<C>>
}

/** A node that ends at once: it asks the carrier for nothing. */
export interface InstantNode<C extends TSchema, R extends InstantTypes> extends NodeDefinition<C> {
  readonly run: InstantRunner<Static<C>, R>
}

/** A node that gives the carrier an order and waits for the answer. */
export interface WaitingNode<C extends TSchema, R extends WaitingTypes> extends NodeDefinition<C> {
  readonly run: WaitingRunner<Static<C>, R>
}

/** The types that belong to a node which ends at once. */
export interface InstantTypes {
  /** The config, prepared for running. */
  readonly action: unknown
  /** What an execution of the node records. */
  readonly data: object
}

/** The types that belong to a node which waits. */
export interface WaitingTypes extends InstantTypes {
  /** The name of its waiting in the flow's state. */
  readonly waitingFor: string
  /** What the node remembers while it waits. Plain JSON: it is part of the flow's state. */
  readonly memory: object
  /** What the carrier is asked to do. An order that one run of a node gives more than once numbers its `attempt`s, from 1. */
  readonly order: { readonly type: string; readonly attempt?: number }
  /** What the carrier may report about the order. */
  readonly input: { readonly type: string }
}

/** Pure functions: how a type of node runs. */
export type Runner<C> = InstantRunner<C, InstantTypes> | WaitingRunner<C, WaitingTypes>

export interface InstantRunner<C, R extends InstantTypes> {
  compile(config: C): R['action']
  start(action: R['action'], variables: Variables): Done<R['data']>
}

export interface WaitingRunner<C, R extends WaitingTypes> {
  readonly waitingFor: R['waitingFor']
  /** The inputs that `answer` takes. Any other input is absorbed. */
  readonly answers: readonly R['input']['type'][]
  compile(config: C): R['action']
  start(action: R['action'], variables: Variables): Ask<R>
  /** What follows from the carrier's report: the node asks once more, or it is done. */
  answer(input: R['input'], at: Situation<R>): Ask<R> | Done<R['data']>
  /** What the node records when the call ends while it waits. */
  interrupt(at: Situation<R>, partial: PartialResult): Pick<Done<R['data']>, 'data' | 'set'>
}

/** Where a waiting node stands. */
export interface Situation<R extends WaitingTypes> {
  readonly action: R['action']
  readonly memory: R['memory']
  readonly variables: Variables
  /** Since the node was entered. */
  readonly durationMs: number
  /** Whether an edge starts from the output. */
  isLinked(output: string): boolean
}

/** The node gives an order and waits. */
export interface Ask<R extends WaitingTypes> {
  readonly order: R['order']
  readonly memory: R['memory']
}

/** The node has run. */
export interface Done<D> {
  readonly output: string
  readonly data: D
  /** Variables that the node sets. */
  readonly set?: Readonly<Record<string, VariableValue>>
  /** The flow fails for this reason if the output has no edge. */
  readonly failsUnlinked?: FlowEndReason
  /** Words for the end of the flow, if it ends here. */
  readonly detail?: string
  /** Nobody answered: there is no call that could be hung up, and the flow has failed (contract rule 3). */
  readonly unanswered?: { readonly outcome: UnansweredOutcome; readonly reason?: string }
}

/** What an order had achieved when the end of the call cut it short. */
export interface PartialResult {
  /** What was recorded up to then. */
  readonly recordingId?: string
}
