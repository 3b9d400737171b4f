import type { FlowGraph, FlowNode } from '../src/graph.ts'
import { outputsOf } from '../src/outputs.ts'
import type { FlowInput } from '../src/step.ts'
import { checkFlow } from '../src/validation.ts'
import { dial, dtmf, graphOf, hangup, play, record, say, set, when } from './graphs.ts'

/** A number from 0 up to 1, as often as it is called; the same for the same seed (mulberry32). */
export type Random = () => number

export function randomOf(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function oneOf<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0]
}

/** A valid flow of up to nine nodes of every runnable type, linked at random. */
export function randomFlow(random: Random): FlowGraph {
  for (;;) {
    const check = checkFlow(reachable(randomGraph(random)))
    if (check.ok) return check.graph
  }
}

function randomGraph(random: Random): FlowGraph {
  const branches = [
    { output: 'branch_1', digits: ['1'] },
    { output: 'branch_2', digits: ['2', '#'] },
  ]
  const makers = [
    () => play('media-{{n}}'),
    () => say('{{n|none}}'),
    () => dtmf({ branches, maxAttempts: oneOf(random, [1, 2, 3]) }),
    () => dtmf({ maxDigits: 3, variable: 'n' }),
    () => record({ variable: 'recording' }),
    () => when('n', 'gt', 10),
    () => set('n', Math.floor(random() * 20)),
    () => ({ type: 'answer' as const, config: {} }),
    () => hangup(),
  ] as const
  const ids = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, index) => `n${index}`)
  const nodes = Object.fromEntries(ids.map((id) => [id, oneOf<() => Omit<FlowNode, 'id'>>(random, makers)()]))
  const graph = graphOf({ dial: dial(), ...nodes } as Parameters<typeof graphOf>[0], [], 'dial')
  const [first = 'n0', ...others] = ids
  const edges = graph.nodes.flatMap((node) =>
    outputsOf(node)
      .filter(() => random() < 0.7)
      .map((output) => ({ source: node.id, output, target: oneOf(random, [first, ...others]) })),
  )
  return { ...graph, edges }
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

/** Any report a carrier could make, whether or not it fits; an end of the call is the rarest. */
export function randomInput(random: Random): FlowInput {
  const makers = [
    (): FlowInput => ({ type: 'answered', answeredBy: oneOf(random, ['human', 'machine', 'unsure']) }),
    (): FlowInput => ({ type: 'played', durationMs: 500, completedBy: oneOf(random, ['finished', 'stopped', 'failed']) }),
    (): FlowInput => ({ type: 'played', durationMs: 500, completedBy: 'finished', nodeExecutionIndex: Math.floor(random() * 6) }),
    (): FlowInput => ({
      type: 'collected',
      digits: oneOf(random, ['1', '#', '9', '', '22', '1234']),
      endedBy: oneOf(random, ['complete', 'timeout']),
    }),
    (): FlowInput => ({ type: 'recorded', durationMs: 500, recordingId: 'rec', ok: random() < 0.8 }),
    (): FlowInput => ({ type: 'not_answered', outcome: oneOf(random, ['no_answer', 'busy', 'rejected', 'failed']) }),
    (): FlowInput => ({ type: 'hungup', by: oneOf(random, ['callee', 'us', 'carrier']) }),
  ] as const
  return random() < 0.7 ? oneOf(random, [makers[0], makers[1], makers[3], makers[4]])() : oneOf<() => FlowInput>(random, makers)()
}
