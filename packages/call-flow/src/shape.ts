import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { FlowGraph, nodeSchemas } from './graph.ts'
import { isNodeType } from './node-types.ts'
import type { Problem } from './problem.ts'

/** A graph whose nodes are not checked yet: each is checked against the schema of its own type. */
const Envelope = Type.Object({ ...FlowGraph.properties, nodes: Type.Array(Type.Unknown(), FlowGraph.properties.nodes) }, FlowGraph)
const NodeHeader = Type.Object({ type: Type.String() })

export type ShapeCheck = { readonly ok: true; readonly graph: FlowGraph } | { readonly ok: false; readonly problems: Problem[] }

/** Checks an unknown value against `FlowGraph`; a node is reported against its own type's schema, not against the union of all. */
export function checkShape(input: unknown): ShapeCheck {
  if (Value.Check(FlowGraph, input)) return { ok: true, graph: input }
  const problems = [...shapeProblems(Envelope, input, '')]
  if (Value.Check(Type.Object({ nodes: Type.Array(Type.Unknown()) }), input)) {
    for (const [index, node] of input.nodes.entries()) problems.push(...nodeProblems(node, `/nodes/${index}`))
  }
  return { ok: false, problems }
}

function nodeProblems(node: unknown, pointer: string): Iterable<Problem> {
  if (!Value.Check(NodeHeader, node)) return shapeProblems(NodeHeader, node, pointer)
  if (isNodeType(node.type)) return shapeProblems(nodeSchemas[node.type], node, pointer)
  return [{ pointer: `${pointer}/type`, code: 'unknown_node_type', message: `'${node.type.slice(0, 64)}' is not a type of node` }]
}

/** The first thing wrong at each place. */
function* shapeProblems(schema: TSchema, value: unknown, base: string): Generator<Problem> {
  const seen = new Set<string>()
  for (const error of Value.Errors(schema, value)) {
    if (seen.has(error.path)) continue
    seen.add(error.path)
    yield { pointer: base + error.path, code: 'shape', message: error.message }
  }
}
