import { FlowGraph } from '@carillon/call-flow/graph'
import { type Static, Type } from '@sinclair/typebox'
import { createFlowExamples } from './flow-examples.ts'
import { Paginated } from './pagination.ts'
import { described, Instant, Uuid } from './scalars.ts'
import { Name } from './text.ts'

// @carillon/call-flow validates the graph as it was sent: a schema here would let the validator add defaults and convert values.
// The document shows the schema of @carillon/call-flow in its place.
const Graph = Type.Unsafe<FlowGraph>(Type.Unknown({ 'x-shown-as': FlowGraph }))

/** `POST /flows` */
export const CreateFlowRequest = Type.Object(
  { name: described(Name, 'The name, at most 200 characters'), graph: Graph },
  { $id: 'CreateFlowRequest', description: 'A new flow.', additionalProperties: false, examples: createFlowExamples },
)
export type CreateFlowRequest = Static<typeof CreateFlowRequest>

/** `PATCH /flows/:id`: creates a new version. */
export const UpdateFlowRequest = Type.Object(
  { name: Type.Optional(described(Name, 'The name, at most 200 characters')), graph: Type.Optional(Graph) },
  {
    $id: 'UpdateFlowRequest',
    description: 'Changes of a flow.',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ name: 'Payment reminder, shorter' }],
  },
)
export type UpdateFlowRequest = Static<typeof UpdateFlowRequest>

const version = Type.Integer({ minimum: 1, description: 'Counts the versions of the flow, from 1' })
const name = Type.String({ description: 'The name in this version' })
const nodeCount = Type.Integer({ description: 'How many nodes the graph has' })

const head = {
  id: described(Uuid, 'The flow’s id'),
  name,
  version,
  createdAt: described(Instant, 'When the flow was created'),
  updatedAt: described(Instant, 'When the latest version was created'),
}

/** A flow without its graph. */
export const FlowSummary = Type.Object({ ...head, nodeCount }, { $id: 'FlowSummary', description: 'A flow without its graph.' })
export type FlowSummary = Static<typeof FlowSummary>

export const FlowPage = Paginated(FlowSummary)

/** A flow in its latest version. */
export const Flow = Type.Object({ ...head, graph: Graph }, { $id: 'Flow', description: 'A flow in its latest version.' })
export type Flow = Static<typeof Flow>

/** A version of a flow. It never changes. */
export const FlowVersion = Type.Object(
  { flowId: described(Uuid, 'The flow’s id'), version, name, graph: Graph, createdAt: described(Instant, 'When the version was created') },
  { $id: 'FlowVersion', description: 'One version of a flow. It never changes.' },
)
export type FlowVersion = Static<typeof FlowVersion>

export const FlowVersionSummary = Type.Object(
  { flowId: described(Uuid, 'The flow’s id'), version, name, nodeCount, createdAt: described(Instant, 'When the version was created') },
  { $id: 'FlowVersionSummary', description: 'One version of a flow, without its graph.' },
)
export type FlowVersionSummary = Static<typeof FlowVersionSummary>
