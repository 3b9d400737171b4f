import type { FlowGraph } from '@carillon/call-flow/graph'
import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Instant, Uuid } from './scalars.ts'
import { Name } from './text.ts'

// @carillon/call-flow validates the graph as it was sent: a schema here would let the validator add defaults and convert values.
const Graph = Type.Unknown({ description: 'A flow graph: { startNodeId?, nodes, edges }' })

/** `POST /flows` */
export const CreateFlowRequest = Type.Object({ name: Name, graph: Graph }, { $id: 'CreateFlowRequest', additionalProperties: false })
export type CreateFlowRequest = Static<typeof CreateFlowRequest>

/** `PATCH /flows/:id`: creates a new version. */
export const UpdateFlowRequest = Type.Object(
  { name: Type.Optional(Name), graph: Type.Optional(Graph) },
  { $id: 'UpdateFlowRequest', additionalProperties: false, minProperties: 1 },
)
export type UpdateFlowRequest = Static<typeof UpdateFlowRequest>

const head = { id: Uuid, name: Type.String(), version: Type.Integer({ minimum: 1 }), createdAt: Instant, updatedAt: Instant }

/** A flow without its graph. */
export const FlowSummary = Type.Object({ ...head, nodeCount: Type.Integer() }, { $id: 'FlowSummary' })
export type FlowSummary = Static<typeof FlowSummary>

export const FlowPage = Paginated(FlowSummary)

/** A flow in its latest version. */
export const Flow = Type.Object({ ...head, graph: Type.Unsafe<FlowGraph>(Type.Unknown()) }, { $id: 'Flow' })
export type Flow = Static<typeof Flow>

/** A version of a flow. It never changes. */
export const FlowVersion = Type.Object(
  { flowId: Uuid, version: Type.Integer(), name: Type.String(), graph: Type.Unsafe<FlowGraph>(Type.Unknown()), createdAt: Instant },
  { $id: 'FlowVersion' },
)
export type FlowVersion = Static<typeof FlowVersion>

export const FlowVersionSummary = Type.Object(
  { flowId: Uuid, version: Type.Integer(), name: Type.String(), nodeCount: Type.Integer(), createdAt: Instant },
  { $id: 'FlowVersionSummary' },
)
export type FlowVersionSummary = Static<typeof FlowVersionSummary>
