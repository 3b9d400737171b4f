import { type Static, type TLiteral, type TObject, type TOptional, type TSchema, type TString, Type } from '@sinclair/typebox'
import type { NodeDefinition } from './node-type.ts'
import { type ConfigSchemaOf, type NodeType as FlowNodeType, nodeTypes, type RunnableNodeType } from './node-types.ts'

export const maxNodes = 500
export const maxEdges = 5000

/** Ids stand in URLs, subjects and column names: no blanks, no control characters. */
const NodeId = Type.String({
  pattern: '^[A-Za-z0-9_.:-]{1,64}$',
  'x-meaning': '1 to 64 letters, digits or _ . : -',
  description: 'The node’s id, unique in the graph: 1 to 64 letters, digits or _ . : -',
  examples: ['dial-1'],
})
const NodeLabel = Type.String({ maxLength: 200, description: 'A name for people, at most 200 characters' })

export type NodeType = FlowNodeType

type NodeSchema<T extends NodeType> = TObject<{
  id: TString
  type: TLiteral<T>
  label: TOptional<TString>
  config: ConfigSchemaOf<T>
}>

const nodeOf = (type: string, { config, description }: NodeDefinition) =>
  Type.Object(
    {
      id: NodeId,
      type: Type.Literal(type, { description: 'The type of the node' }),
      label: Type.Optional(NodeLabel),
      config: { ...config, description: 'The settings of the node' },
    },
    { 'x-schema': nodeSchemaName(type), description, additionalProperties: false },
  )

/** The name of a node's schema in the OpenAPI document: `set_variable` → `SetVariableNode`. */
function nodeSchemaName(type: string): string {
  const words = type.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `${words.join('')}Node`
}

/** One schema for each node type. */
export const nodeSchemas = Object.fromEntries(
  Object.entries<NodeDefinition>(nodeTypes).map(([type, definition]) => [type, nodeOf(type, definition)]),
) as unknown as { readonly [T in NodeType]: NodeSchema<T> }

export type FlowNode = { [T in NodeType]: Static<NodeSchema<T>> }[NodeType]
export const FlowNode = Type.Unsafe<FlowNode>(
  Type.Union(Object.values<TSchema>(nodeSchemas), {
    'x-schema': 'FlowNode',
    description: 'A step of a call. Its `type` decides on its `config`.',
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(Object.keys(nodeTypes).map((type) => [type, `#/components/schemas/${nodeSchemaName(type)}`])),
    },
  }),
)
export type RunnableNode = Extract<FlowNode, { type: RunnableNodeType }>

/** From one output of a node to the node that comes next. */
export const FlowEdge = Type.Object(
  {
    source: { ...NodeId, description: 'The id of the node that the edge starts from' },
    output: Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'The output of that node, such as `onComplete`. The description of each node type names its outputs. An output without an edge ends the flow',
    }),
    target: { ...NodeId, description: 'The id of the node that comes next' },
  },
  { 'x-schema': 'FlowEdge', description: 'Leads from one output of a node to the next node.', additionalProperties: false },
)
export type FlowEdge = Static<typeof FlowEdge>

/** Body of `POST /flows`: a directed graph with branches and cycles. */
export const FlowGraph = Type.Object(
  {
    startNodeId: Type.Optional({
      ...NodeId,
      description:
        'The id of the `dial` node with which the flow starts. It may be left out if the graph has only one node that no edge leads to',
    }),
    nodes: Type.Array(FlowNode, { minItems: 1, maxItems: maxNodes, description: 'The steps, 1 to 500' }),
    edges: Type.Array(FlowEdge, { maxItems: maxEdges, description: 'The ways between them, at most 5000' }),
  },
  {
    'x-schema': 'FlowGraph',
    description: 'What happens on a call: a directed graph with branches and cycles.',
    additionalProperties: false,
  },
)
export type FlowGraph = Static<typeof FlowGraph>

/** What is known about the node's type. It takes the `config` of this node. */
export function definitionOf(node: FlowNode): NodeDefinition {
  return nodeTypes[node.type]
}

export function isRunnable(node: FlowNode): node is RunnableNode {
  return definitionOf(node).run !== undefined
}
