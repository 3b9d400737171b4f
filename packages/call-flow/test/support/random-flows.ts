import fc from 'fast-check'
import type { FlowGraph, FlowNode } from '../../src/graph.ts'
import { outputsOf } from '../../src/outputs.ts'
import type { FlowInput } from '../../src/step.ts'
import { validateFlow } from '../../src/validation.ts'
import { dial, dtmf, graphOf, hangup, play, record, say, set, when } from './graphs.ts'

type Node = Parameters<typeof graphOf>[0][string]

const branches = [
  { output: 'branch_1', digits: ['1'] },
  { output: 'branch_2', digits: ['2', '#'] },
]
const node: fc.Arbitrary<Node> = fc.oneof(
  fc.constant(play('media-{{n}}')),
  fc.constant(say('{{n|none}}')),
  fc.integer({ min: 1, max: 3 }).map((maxAttempts) => dtmf({ branches, maxAttempts })),
  fc.constant(dtmf({ maxDigits: 3, variable: 'n' })),
  fc.constant(record({ variable: 'recording' })),
  fc.constant(when('n', 'gt', 10)),
  fc.nat(19).map((value) => set('n', value)),
  fc.constant<Node>({ type: 'answer', config: {} }),
  fc.constant(hangup()),
)

/** Any valid flow of up to nine nodes of all runnable types. */
export const anyFlow: fc.Arbitrary<FlowGraph> = fc
  .array(node, { minLength: 1, maxLength: 8, size: 'max' })
  .map((nodes) => graphOf({ dial: dial(), ...Object.fromEntries(nodes.map((each, index) => [`n${index}`, each])) }, [], 'dial'))
  .chain((graph) => edgesOf(graph).map((edges) => reachable({ ...graph, edges })))
  .filter((graph) => validateFlow(graph).length === 0)

/** Links two thirds of the outputs, each with any node but the dial. */
function edgesOf({ nodes }: FlowGraph): fc.Arbitrary<FlowGraph['edges']> {
  const outputs = nodes.flatMap((from) => outputsOf(from).map((output) => ({ source: from.id, output })))
  const target = fc.option(fc.constantFrom(...nodes.slice(1).map(({ id }: FlowNode) => id)), { freq: 3, nil: null })
  return fc
    .tuple(...outputs.map(() => target))
    .map((targets) => outputs.flatMap((from, index) => (targets[index] ? [{ ...from, target: targets[index] }] : [])))
}

function reachable(graph: FlowGraph): FlowGraph {
  const reached = new Set(['dial'])
  for (const id of reached) for (const edge of graph.edges) if (edge.source === id) reached.add(edge.target)
  return {
    ...graph,
    nodes: graph.nodes.filter(({ id }) => reached.has(id)),
    edges: graph.edges.filter(({ source }) => reached.has(source)),
  }
}

const answered = fc.record({ type: fc.constant('answered' as const), answeredBy: fc.constantFrom('human', 'machine', 'unsure') })
const played = fc.record({
  type: fc.constant('played' as const),
  durationMs: fc.constant(500),
  completedBy: fc.constantFrom('finished', 'stopped', 'failed'),
})
const playedInRun = fc.record({
  type: fc.constant('played' as const),
  durationMs: fc.constant(500),
  completedBy: fc.constant('finished' as const),
  nodeExecutionIndex: fc.nat(5),
})
const collected = fc.record({
  type: fc.constant('collected' as const),
  digits: fc.constantFrom('1', '#', '9', '', '22', '1234'),
  endedBy: fc.constantFrom('complete', 'timeout'),
})
const recorded = fc.record({
  type: fc.constant('recorded' as const),
  durationMs: fc.constant(500),
  recordingId: fc.constant('rec'),
  ok: fc.nat(4).map((n) => n > 0),
})
const notAnswered = fc.record({
  type: fc.constant('not_answered' as const),
  outcome: fc.constantFrom('no_answer', 'busy', 'rejected', 'failed'),
})
const hungUp = fc.record({ type: fc.constant('hungup' as const), by: fc.constantFrom('callee', 'us', 'carrier') })

/** Any report a carrier could make, whether or not it fits. An end of the call is the rarest. */
export const anyInput: fc.Arbitrary<FlowInput> = fc.oneof(
  { weight: 6, arbitrary: answered },
  { weight: 6, arbitrary: played },
  { weight: 6, arbitrary: collected },
  { weight: 6, arbitrary: recorded },
  { weight: 1, arbitrary: playedInRun },
  { weight: 1, arbitrary: notAnswered },
  { weight: 1, arbitrary: hungUp },
)
