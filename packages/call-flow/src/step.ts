import type { DigitEntry, RecordingLimits } from './compile.ts'
import type { RunnableNodeType } from './graph.ts'
import type { Variables, VariableValue } from './variable.ts'

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

/** Which run of which node something belongs to: with the node's type, the seeds' `nodeContext`. */
export interface NodeRun {
  readonly nodeId: string
  /** 1, 2, 3… over all nodes of the call. */
  readonly nodeExecutionIndex: number
}

/** What a flow waits for. Plain data: it may be stored as JSON, and goes on with the same version of the flow. */
export type FlowState =
  | ({ readonly waitingFor: 'answer' } & WaitingState)
  | ({ readonly waitingFor: 'playback'; readonly content: string } & WaitingState)
  | ({ readonly waitingFor: 'digits'; readonly attempt: number } & WaitingState)
  | ({ readonly waitingFor: 'recording' } & WaitingState)
  | { readonly waitingFor: 'nothing' }

export interface WaitingState extends NodeRun {
  /** 1 the first time this node runs in the call. */
  readonly visit: number
  readonly startedAtMs: number
  readonly variables: Variables
  /** How often each node has been entered, in the order of the graph's nodes. */
  readonly visits: readonly number[]
}

export type AnsweredBy = 'human' | 'machine' | 'unsure'
export type UnansweredOutcome = 'no_answer' | 'busy' | 'rejected' | 'failed'

/** What the carrier is asked to do. */
export type Order =
  | {
      readonly type: 'dial'
      readonly timeoutMs: number
      /** Absent: the program's setting applies. */
      readonly amd?: boolean
    }
  | { readonly type: 'play'; readonly media: string }
  | ({ readonly type: 'say' } & Speech)
  | ({
      readonly type: 'collect'
      readonly prompt?: Prompt
      /** 1 when the digits are first asked for. */
      readonly attempt: number
    } & DigitEntry)
  | ({ readonly type: 'record' } & RecordingLimits)
  | { readonly type: 'hangup'; readonly reason: string }

/** An order and the node that gave it. Each but `hangup` is answered by one input; none is given while another is unanswered. */
export type Instruction = Order & NodeRun

export interface Speech {
  readonly text: string
  readonly language?: string
  readonly voice?: string
}

export type Prompt = { readonly media: string } | Speech

/** What the carrier reports. */
export type FlowInput = NodeInput | HungUp

/**
 * The answer to an instruction. One that names a `nodeExecutionIndex` (and `attempt`) other than the one under way is late and absorbed:
 * a carrier that can report a playback twice has to name it, or the second report would end the next playback.
 */
export type NodeInput = { readonly nodeExecutionIndex?: number } & (
  | { readonly type: 'answered'; readonly answeredBy: AnsweredBy }
  | { readonly type: 'not_answered'; readonly outcome: UnansweredOutcome; readonly reason?: string }
  | { readonly type: 'played'; readonly durationMs: number; readonly completedBy: CompletedBy }
  | {
      readonly type: 'collected'
      /** Without the terminator. */
      readonly digits: string
      readonly endedBy: 'complete' | 'terminator' | 'timeout'
      readonly attempt?: number
    }
  | { readonly type: 'recorded'; readonly durationMs: number; readonly recordingId?: string; readonly ok: boolean }
)

/** The call is over, whatever the flow waits for. */
export interface HungUp {
  readonly type: 'hungup'
  readonly by: 'callee' | 'us' | 'carrier'
  readonly reason?: string
  /** What was recorded up to then, where a recording was under way. */
  readonly recordingId?: string
}
export type FlowInputOf<T extends FlowInput['type']> = Extract<FlowInput, { type: T }>

/** `stopped`: cut short, by us or by the end of the call. */
export type CompletedBy = 'finished' | 'stopped' | 'failed'

/** One run of one node: the seeds' `executionPath` entry, with what the event timeline and billing need. */
export type NodeExecution = {
  [T in RunnableNodeType]: NodeExecutionHeader & { readonly nodeType: T; readonly data: NodeExecutionData[T] }
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

export interface NodeExecutionData {
  /** Both `null` where the call was given up while it rang. */
  readonly dial: { readonly answeredBy: AnsweredBy | null; readonly outcome: UnansweredOutcome | null; readonly reason?: string }
  readonly answer: Record<never, never>
  readonly play: { readonly media: string; readonly durationMs: number; readonly completedBy: CompletedBy }
  readonly say: { readonly text: string; readonly durationMs: number; readonly completedBy: CompletedBy }
  /** `digits` of the last attempt; `branch` where they led to one. */
  readonly dtmf: { readonly digits: string; readonly branch: string | null; readonly attempts: number }
  readonly condition: Record<never, never>
  readonly set_variable: { readonly name: string; readonly value: VariableValue }
  readonly record: { readonly durationMs: number; readonly recordingId: string | null }
  readonly hangup: { readonly reason: string | null }
}

/** Why a flow ended: a stable name. The four unanswered outcomes stand for a call that nobody answered. */
export type FlowEndReason =
  | 'finished'
  | 'callee_hung_up'
  | 'stopped'
  | 'media_failed'
  | 'carrier_failed'
  | 'node_limit'
  | 'no_answer'
  | 'busy'
  | 'rejected'
  | 'failed'

export interface FlowEnd {
  readonly flowOutcome: 'completed' | 'failed' | 'abandoned'
  readonly reason: FlowEndReason
  /** What the carrier or the hangup node said of it. */
  readonly detail?: string
  readonly finalVariables: Variables
  readonly nodeExecutionCount: number
  readonly endedAtMs: number
}
