import type { CompiledFlow, CompiledNode } from './compile.ts'
import type { FlowEnd, FlowEndReason } from './flow-end.ts'
import type { Done } from './node-type.ts'
import type { EnteredNode, FlowState, NodeExecution, NodeRun, Order, Step } from './step.ts'
import type { Variables } from './variable.ts'

/** A step while it is worked out. It never outlives the step. */
export interface Run {
  readonly atMs: number
  readonly executed: NodeExecution[]
  readonly visits: number[]
  variables: Variables
  /** The latest node entered: its index is the number of executions so far. */
  current: NodeRun
  /** Set when nobody answered: there is no call that could be spoken to or hung up. */
  unanswered: Done<never>['unanswered'] | null
}

export function beginRun(flow: CompiledFlow, variables: Variables, atMs: number): Run {
  const visits = new Array<number>(flow.nodes.size).fill(0)
  return { atMs, executed: [], visits, variables, current: { nodeId: flow.start.id, nodeExecutionIndex: 0 }, unanswered: null }
}

/** A clock that stepped back must not give a node a negative duration. */
export function resumeRun(state: EnteredNode, atMs: number): Run {
  const { nodeId, nodeExecutionIndex, variables, visits, startedAtMs } = state
  const current = { nodeId, nodeExecutionIndex }
  return { atMs: Math.max(atMs, startedAtMs), executed: [], visits: [...visits], variables, current, unanswered: null }
}

/** Counts a node as entered. */
export function enter(run: Run, node: CompiledNode): EnteredNode {
  const visit = (run.visits[node.position] ?? 0) + 1
  run.visits[node.position] = visit
  run.current = { nodeId: node.id, nodeExecutionIndex: run.current.nodeExecutionIndex + 1 }
  return { ...run.current, visit, startedAtMs: run.atMs, variables: run.variables, visits: run.visits }
}

/** Records that a node has run, and sets the variables that it sets. */
export function record(
  run: Run,
  node: CompiledNode,
  { nodeExecutionIndex, visit, startedAtMs }: EnteredNode,
  outputPath: string,
  { data, set }: Pick<Done<NodeExecution['data']>, 'data' | 'set'>,
): void {
  if (set) run.variables = { ...run.variables, ...set }
  const label = node.label === undefined ? {} : { nodeLabel: node.label }
  const endedAtMs = run.atMs
  const execution = {
    nodeId: node.id,
    nodeType: node.type,
    ...label,
    nodeExecutionIndex,
    visit,
    startedAtMs,
    endedAtMs,
    durationMs: endedAtMs - startedAtMs,
    outputPath,
    data,
  }
  // A node's runner gives the data of its own type.
  run.executed.push(execution as NodeExecution)
}

const endedState: FlowState = { waitingFor: 'nothing' }

/** The step that ends with an order to the carrier. */
export function wait(run: Run, state: FlowState, order: Order): Step {
  return { state, instructions: [{ ...order, ...run.current }], executed: run.executed }
}

/** The end of a route through the graph. Where nobody answered, the flow has failed, whatever it did then (contract rule 3). */
export function finished(run: Run, detail?: string): Step {
  if (!run.unanswered) return end(run, 'completed', 'finished', detail)
  return ended(run, 'failed', run.unanswered.outcome, run.unanswered.reason)
}

/** Ends the flow of a call that is still up: it has to be hung up. */
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
