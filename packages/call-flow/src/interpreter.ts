import type { CompiledFlow, CompiledNode } from './compile.ts'
import { type Done, interruptedPath } from './node-type.ts'
import { beginRun, end, ended, enter, finished, type Run, record, resumeRun, wait } from './run.ts'
import type { FlowInput, FlowState, HungUp, NodeExecution, NodeInput, Step, WaitingState } from './step.ts'
import type { Variables } from './variable.ts'

/** A flow that loops longer than this is ended: `node_limit`. */
export const maxNodeExecutions = 1000

/** The first step of a call: it asks for the dial. `variables` are what the flow may read: contact, `sys.…`. `atMs`: epoch milliseconds. */
export function startFlow(flow: CompiledFlow, variables: Variables, atMs: number): Step {
  return proceed(beginRun(flow, variables, atMs), flow.start)
}

/**
 * What follows from a fact that the carrier reports. A fact that does not fit what the flow waits for is late or double: it is absorbed, and
 * the step holds the same state and nothing else. Throws `RangeError` for a state of another flow.
 */
export function advance(flow: CompiledFlow, state: FlowState, input: FlowInput, atMs: number): Step {
  if (state.waitingFor === 'nothing') return absorbed(state)
  const node = flow.nodes.get(state.nodeId)
  if (!node) throw new RangeError(`the flow has no node '${state.nodeId}': the state belongs to another flow`)
  if (input.type === 'hungup') return interrupted(resumeRun(state, atMs), node, state, input)

  const { runner } = node
  if (!('answers' in runner) || runner.waitingFor !== state.waitingFor) return absorbed(state)
  if (!runner.answers.includes(input.type) || isAboutAnother(input, state)) return absorbed(state)
  const run = resumeRun(state, atMs)
  const result = runner.answer(input, situationOf(run, node, state))
  if ('order' in result) return wait(run, { ...state, ...result.memory }, result.order)
  const next = leave(run, node, state, result)
  return next ? proceed(run, next) : endAfter(run, result)
}

function isAboutAnother(input: NodeInput, state: WaitingState): boolean {
  if (input.nodeExecutionIndex !== undefined && input.nodeExecutionIndex !== state.nodeExecutionIndex) return true
  return input.attempt !== undefined && 'attempt' in state && input.attempt !== state.attempt
}

function absorbed(state: FlowState): Step {
  return { state, instructions: [], executed: [] }
}

/** Runs from a node on, up to the first that has to wait, or to the end. */
function proceed(run: Run, first: CompiledNode): Step {
  let node = first
  for (;;) {
    if (run.current.nodeExecutionIndex === maxNodeExecutions) return end(run, 'failed', 'node_limit')
    const entered = enter(run, node)
    const { runner } = node
    if ('answers' in runner) {
      const { order, memory } = runner.start(node.action, run.variables)
      return wait(run, { waitingFor: runner.waitingFor, ...memory, ...entered } as WaitingState, order)
    }
    const done = runner.start(node.action, run.variables)
    const next = leave(run, node, entered, done)
    if (!next) return endAfter(run, done)
    node = next
  }
}

type NodeDone = Done<NodeExecution['data']>

/** Records what a node did. The node that its output leads to, if there is one. */
function leave(run: Run, node: CompiledNode, entered: Parameters<typeof record>[2], done: NodeDone): CompiledNode | undefined {
  record(run, node, entered, done.output, done)
  if (done.unanswered) run.unanswered = done.unanswered
  return node.links.get(done.output)
}

/** The flow ends after a node whose output leads nowhere. */
function endAfter(run: Run, { failsUnlinked, detail }: NodeDone): Step {
  return failsUnlinked ? end(run, 'failed', failsUnlinked) : finished(run, detail)
}

/** The call is over while a node waits. The node counts as executed, and takes no output. */
function interrupted(run: Run, node: CompiledNode, state: WaitingState, { by, reason, recordingId }: HungUp): Step {
  const { runner } = node
  if ('answers' in runner && runner.waitingFor === state.waitingFor) {
    const partial = recordingId === undefined ? {} : { recordingId }
    record(run, node, state, interruptedPath, runner.interrupt(situationOf(run, node, state), partial))
  }
  const isAbandoned = by === 'callee' && !node.placesCall
  return ended(run, isAbandoned ? 'abandoned' : 'failed', reasonOfHangup[by], reason)
}

const reasonOfHangup = { callee: 'callee_hung_up', us: 'stopped', carrier: 'carrier_failed' } as const

function situationOf(run: Run, { action, links }: CompiledNode, memory: WaitingState) {
  return {
    action,
    memory,
    variables: run.variables,
    durationMs: run.atMs - memory.startedAtMs,
    isLinked: (output: string) => links.has(output),
  }
}
