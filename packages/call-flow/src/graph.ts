import { type Static, type TLiteral, type TObject, type TOptional, type TSchema, type TString, Type } from '@sinclair/typebox'
import type { NodeDefinition } from './node-type.ts'
import { type ConfigSchemaOf, type NodeType as FlowNodeType, nodeTypes, type RunnableNodeType } from './node-types.ts'

export const maxNodes = 500
export const maxEdges = 5000

/** Ids stand in URLs, subjects and column names: no blanks, no control characters. */
const NodeId = Type.String({
  pattern: '^[A-Za-z0-9_.:-]{1,64}$',
  'x-meaning': '1 to 64 letters, digits or _ . : -',
  examples: ['dial-1'],
})
const NodeLabel = Type.String({ maxLength: 200 })

export type NodeType = FlowNodeType

type NodeSchema<T extends NodeType> = TObject<{
  id: TString
  type: TLiteral<T>
  label: TOptional<TString>
  config: ConfigSchemaOf<T>
}>

const nodeOf = (type: string, config: TSchema) =>
  Type.Object({ id: NodeId, type: Type.Literal(type), label: Type.Optional(NodeLabel), config }, { additionalProperties: false })

/** One schema for each node type. */
export const nodeSchemas = Object.fromEntries(
  Object.entries(nodeTypes).map(([type, { config }]) => [type, nodeOf(type, config)]),
) as unknown as { readonly [T in NodeType]: NodeSchema<T> }

export type FlowNode = { [T in NodeType]: Static<NodeSchema<T>> }[NodeType]
export const FlowNode = Type.Unsafe<FlowNode>(Type.Union(Object.values<TSchema>(nodeSchemas)))
export type RunnableNode = Extract<FlowNode, { type: RunnableNodeType }>

/** From one output of a node to the node that comes next. */
export const FlowEdge = Type.Object(
  { source: NodeId, output: Type.String({ minLength: 1, maxLength: 64 }), target: NodeId },
  { additionalProperties: false },
)
export type FlowEdge = Static<typeof FlowEdge>

/** Body of `POST /flows`: a directed graph with branches and cycles. */
export const FlowGraph = Type.Object(
  {
    startNodeId: Type.Optional(NodeId),
    nodes: Type.Array(FlowNode, { minItems: 1, maxItems: maxNodes }),
    edges: Type.Array(FlowEdge, { maxItems: maxEdges }),
  },
  { additionalProperties: false },
)
export type FlowGraph = Static<typeof FlowGraph>

/** What is known about the node's type. It takes the `config` of this node. */
export function definitionOf(node: FlowNode): NodeDefinition {
  return nodeTypes[node.type]
}

export function isRunnable(node: FlowNode): node is RunnableNode {
  return definitionOf(node).run !== undefined
}
