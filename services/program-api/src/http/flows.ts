import type { FlowGraph } from '@carillon/call-flow/graph'
import { checkFlow } from '@carillon/call-flow/validation'
import { ErrorBody } from '@carillon/contracts/error-body'
import { CreateFlowRequest, Flow, FlowPage, UpdateFlowRequest } from '@carillon/contracts/flow'
import { toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError, invalidField, invalidFields } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { flowNotFound } from '../domain/not-found.ts'
import { deleteFlow, findFlow, flowOrder, insertFlow, insertFlowVersion, listFlows, lockFlow } from '../store/flows.ts'
import { isFlowInUse } from '../store/programs.ts'

const CreateFlow = {
  tags: [tags.flows],
  summary: 'Create a flow, with version 1',
  headers: IdempotencyHeaders,
  body: CreateFlowRequest,
  response: { 201: Flow, 400: ErrorBody },
}
const ListFlows = {
  tags: [tags.flows],
  summary: 'List flows, newest first',
  querystring: PaginationQuery,
  response: { 200: FlowPage, 400: ErrorBody },
}
const GetFlow = {
  tags: [tags.flows],
  summary: 'Get the latest version of a flow',
  params: IdParams,
  response: { 200: Flow, 404: ErrorBody },
}
const UpdateFlow = {
  tags: [tags.flows],
  summary: 'Change a flow: creates a new version; fields that are not sent keep their value',
  params: IdParams,
  body: UpdateFlowRequest,
  response: { 200: Flow, 400: ErrorBody, 404: ErrorBody },
}
const DeleteFlow = {
  tags: [tags.flows],
  summary: 'Delete a flow',
  params: IdParams,
  response: { 204: Type.Null(), 404: ErrorBody, 409: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const flowRoutes =
  ({ database, clock }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/flows', { schema: CreateFlow, config: change }, async (request, reply) => {
      const { organizationId } = request.identity
      const name = request.body.name.trim()
      const graph = checkedGraph(request.body.graph)
      const flow = await createOnce(database, request, async (tx) => {
        const now = clock.now()
        const id = uuidv7(now)
        await insertFlow(tx, organizationId, { id, name, graph, at: new Date(now) })
        return existingFlow(tx.orm, organizationId, id)
      })
      return reply.code(201).send(flow)
    })

    app.get('/flows', { schema: ListFlows, config: read }, async (request, reply) => {
      const list = pagedList(request, reply, flowOrder)
      const { rows, total } = await listFlows(database.orm, request.identity.organizationId, list.slice)
      return list.answer(rows, total, withInstants)
    })

    app.get('/flows/:id', { schema: GetFlow, config: read }, async ({ identity, params }) =>
      existingFlow(database.orm, identity.organizationId, params.id),
    )

    app.patch('/flows/:id', { schema: UpdateFlow, config: change }, async ({ identity, params, body }) => {
      const { organizationId } = identity
      const graph = body.graph === undefined ? undefined : checkedGraph(body.graph)
      return database.transaction(async (tx) => {
        if (!(await lockFlow(tx, organizationId, params.id, 'update'))) throw flowNotFound(params.id)
        const before = await existingFlow(tx.orm, organizationId, params.id)
        await insertFlowVersion(tx, {
          flowId: before.id,
          version: before.version + 1,
          name: body.name?.trim() ?? before.name,
          graph: graph ?? before.graph,
          createdAt: new Date(clock.now()),
        })
        return existingFlow(tx.orm, organizationId, params.id)
      })
    })

    app.delete('/flows/:id', { schema: DeleteFlow, config: change }, async ({ identity, params }, reply) => {
      await database.transaction(async (tx) => {
        if (!(await lockFlow(tx, identity.organizationId, params.id, 'update'))) throw flowNotFound(params.id)
        if (await isFlowInUse(tx, params.id)) {
          throw new DomainError('conflict', 'FlowInUseError', 'A program runs this flow; delete the program first')
        }
        await deleteFlow(tx, params.id, new Date(clock.now()))
      })
      return reply.code(204).send(null)
    })
  }

const maxGraphBytes = 262_144

/** The graph of a body, if it can run. Throws a `ValidationError` with its problems, under `/graph`. */
function checkedGraph(graph: unknown): FlowGraph {
  const check = checkFlow(graph)
  if (check.ok) {
    // Services ask each other for a graph: it must fit into one message.
    if (Buffer.byteLength(JSON.stringify(check.graph)) <= maxGraphBytes) return check.graph
    throw invalidField('/graph', `must not have more than ${maxGraphBytes} bytes of JSON`)
  }
  const problems = check.problems.map((problem) => ({ ...problem, pointer: `/graph${problem.pointer}` }))
  throw invalidFields(problems, check.more)
}

async function existingFlow(orm: Orm, organizationId: string, id: string): Promise<Flow> {
  const flow = await findFlow(orm, organizationId, id)
  if (!flow) throw flowNotFound(id)
  return withInstants(flow)
}

function withInstants<T extends { createdAt: Date; updatedAt: Date }>(row: T) {
  return { ...row, createdAt: toIso(row.createdAt.getTime()), updatedAt: toIso(row.updatedAt.getTime()) }
}
