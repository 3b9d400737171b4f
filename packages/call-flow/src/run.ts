import type { CompiledFlow, CompiledNode } from './compile.ts'
import type {
  FlowEnd,
  FlowEndReason,
  FlowInputOf,
  FlowState,
  NodeExecution,
  NodeExecutionHeader,
  NodeRun,
  Order,
  Step,
  WaitingState,
} from './step.ts'
import type { Variables } from './variable.ts'

/** The part of a step that is being worked out; it never outlives the step. */
export interface Run {
  readonly atMs: number
  readonly executed: NodeExecution[]
  readonly visits: number[]
  variables: Variables
  /** The latest node entered: its index is the number of executions so far. */
  current: NodeRun
  /** Set when nobody answered: there is no call any more that could be spoken to or hung up. */
  unanswered: FlowInputOf<'not_answered'> | null
}

export function beginRun(flow: CompiledFlow, variables: Variables, atMs: number): Run {
  const visits = new Array<number>(flow.nodes.size).fill(0)
  return { atMs, executed: [], visits, variables, current: { nodeId: flow.start.id, nodeExecutionIndex: 0 }, unanswered: null }
}

/** A clock that stepped back must not give a node a negative duration. */
export function resumeRun(state: WaitingState, atMs: number): Run {
  const { nodeId, nodeExecutionIndex, variables, visits, startedAtMs } = state
  const current = { nodeId, nodeExecutionIndex }
  return { atMs: Math.max(atMs, startedAtMs), executed: [], visits: [...visits], variables, current, unanswered: null }
}

/** Counts a node as entered. The result is what a state needs to wait in it. */
export function enter(run: Run, node: CompiledNode): WaitingState {
  const visit = (run.visits[node.position] ?? 0) + 1
  run.visits[node.position] = visit
  run.current = { nodeId: node.id, nodeExecutionIndex: run.current.nodeExecutionIndex + 1 }
  return { ...run.current, visit, startedAtMs: run.atMs, variables: run.variables, visits: run.visits }
}

/** What every execution of a node records, at its end. */
export function header(run: Run, node: CompiledNode, entered: WaitingState, outputPath: string): NodeExecutionHeader {
  const { nodeExecutionIndex, visit, startedAtMs } = entered
  const label = node.label === undefined ? {} : { nodeLabel: node.label }
  const durationMs = run.atMs - startedAtMs
  return { nodeId: node.id, ...label, nodeExecutionIndex, visit, startedAtMs, endedAtMs: run.atMs, durationMs, outputPath }
}

const endedState: FlowState = { waitingFor: 'nothing' }

/** The step that ends with an order to the carrier. */
export function wait(run: Run, state: FlowState, order: Order): Step {
  return { state, instructions: [{ ...order, ...run.current }], executed: run.executed }
}
/** The end of a way through the graph. Where nobody answered, the flow has failed, whatever it did about it (contract rule 3). */
export function finished(run: Run, detail: string | null): Step {
  if (!run.unanswered) return end(run, 'completed', 'finished', detail ?? undefined)
  return ended(run, 'failed', run.unanswered.outcome, run.unanswered.reason)
}

/** Ends the flow of a call that still stands: it has to be hung up. */
export function end(run: Run, flowOutcome: FlowEnd['flowOutcome'], reason: FlowEndReason, detail?: string): Step {
  return { ...ended(run, flowOutcome, reason, detail), instructions: [{ type: 'hangup', reason: detail ?? reason, ...run.current }] }
}

/** The end of a flow whose call is over already. */
export function ended(run: Run, flowOutcome: FlowEnd['flowOutcome'], reason: FlowEndReason, detail?: string): Step {
  const end: FlowEnd = {
    flowOutcome,
    reason,
    ...(detail === undefined ? {} : { detail }),
    finalVariables: run.variables,
    nodeExecutionCount: run.current.nodeExecutionIndex,
    endedAtMs: run.atMs,
  }
  return { state: endedState, instructions: [], executed: run.executed, end }
}
