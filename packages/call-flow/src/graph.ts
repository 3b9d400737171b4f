import { type Static, type TSchema, Type } from '@sinclair/typebox'
import {
  AnswerConfig,
  CollectAudioConfig,
  ConditionConfig,
  DialConfig,
  DtmfConfig,
  HangupConfig,
  PlayConfig,
  RecordConfig,
  SayConfig,
  SetVariableConfig,
  SmsConfig,
  TransferConfig,
  UpdateContactConfig,
} from './node-config.ts'

export const maxNodes = 500
export const maxEdges = 5000

/** Ids stand in URLs, subjects and column names: no blanks, no control characters. */
const NodeId = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,64}$' })
const NodeLabel = Type.String({ maxLength: 200 })

const nodeOf = <T extends string, C extends TSchema>(type: T, config: C) =>
  Type.Object({ id: NodeId, type: Type.Literal(type), label: Type.Optional(NodeLabel), config }, { additionalProperties: false })

/** One schema per node type: the types of the seeds' export table and execution path, and `transfer`. */
export const nodeSchemas = {
  dial: nodeOf('dial', DialConfig),
  answer: nodeOf('answer', AnswerConfig),
  play: nodeOf('play', PlayConfig),
  say: nodeOf('say', SayConfig),
  dtmf: nodeOf('dtmf', DtmfConfig),
  condition: nodeOf('condition', ConditionConfig),
  set_variable: nodeOf('set_variable', SetVariableConfig),
  record: nodeOf('record', RecordConfig),
  hangup: nodeOf('hangup', HangupConfig),
  sms: nodeOf('sms', SmsConfig),
  update_contact: nodeOf('update_contact', UpdateContactConfig),
  collect_audio: nodeOf('collect_audio', CollectAudioConfig),
  transfer: nodeOf('transfer', TransferConfig),
} as const

export type NodeType = keyof typeof nodeSchemas

/** What the interpreter runs. A flow with another type is refused whole (`node_type_not_available`): none is ever run in part. */
export const runnableNodeTypes = ['dial', 'answer', 'play', 'say', 'dtmf', 'condition', 'set_variable', 'record', 'hangup'] as const
export type RunnableNodeType = (typeof runnableNodeTypes)[number]

export const FlowNode = Type.Union([
  nodeSchemas.dial,
  nodeSchemas.answer,
  nodeSchemas.play,
  nodeSchemas.say,
  nodeSchemas.dtmf,
  nodeSchemas.condition,
  nodeSchemas.set_variable,
  nodeSchemas.record,
  nodeSchemas.hangup,
  nodeSchemas.sms,
  nodeSchemas.update_contact,
  nodeSchemas.collect_audio,
  nodeSchemas.transfer,
])
export type FlowNode = Static<typeof FlowNode>
export type FlowNodeOf<T extends NodeType> = Extract<FlowNode, { type: T }>
export type RunnableNode = FlowNodeOf<RunnableNodeType>

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

export function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(nodeSchemas, type)
}

export function isRunnable(node: FlowNode): node is RunnableNode {
  return runnableNodeTypes.some((type) => type === node.type)
}
