import type { FlowGraph } from '@carillon/call-flow/graph'
import { checkFlow } from '@carillon/call-flow/validation'
import { ErrorBody } from '@carillon/contracts/error-body'
import { CreateFlowRequest, Flow, FlowPage, FlowVersion, FlowVersionSummary, UpdateFlowRequest } from '@carillon/contracts/flow'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError, invalidFields } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { flowNotFound } from '../domain/not-found.ts'
import {
  deleteFlow,
  findFlow,
  findFlowVersion,
  insertFlow,
  insertFlowVersion,
  listFlows,
  listFlowVersions,
  lockFlow,
} from '../store/flows.ts'
import { isFlowInUse } from '../store/programs.ts'
import { answerCreated } from './creation.ts'
import { IdempotencyHeaders, IdParams } from './params.ts'

const tags = ['flows']

const VersionParams = Type.Object({ id: Uuid, version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

export const flowRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.post(
      '/flows',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Create a flow: its version 1',
          headers: IdempotencyHeaders,
          body: CreateFlowRequest,
          response: { 201: Flow, 400: ErrorBody },
        },
      },
      async (request, reply) => {
        const { organizationId } = request.identity
        const name = request.body.name.trim()
        const graph = checkedGraph(request.body.graph)
        return answerCreated(deps, request, reply, async (tx) => {
          const now = clock.now()
          const id = uuidv7(now)
          await insertFlow(tx, organizationId, { id, name, graph, at: new Date(now) })
          return existing(tx.orm, organizationId, id)
        })
      },
    )

    app.get(
      '/flows',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'List flows', querystring: PaginationQuery, response: { 200: FlowPage } },
      },
      async ({ identity, query }) => {
        const { page, limit } = query
        const { rows, total } = await listFlows(database.orm, identity.organizationId, page, limit)
        return { data: rows.map(withInstants), meta: paginationMeta(page, limit, total) }
      },
    )

    app.get(
      '/flows/:id',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'Get a flow as its latest version is', params: IdParams, response: { 200: Flow, 404: ErrorBody } },
      },
      async ({ identity, params }) => existing(database.orm, identity.organizationId, params.id),
    )

    app.patch(
      '/flows/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Change a flow: makes a new version; what is not named stays',
          params: IdParams,
          body: UpdateFlowRequest,
          response: { 200: Flow, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params, body }) => {
        const { organizationId } = identity
        const graph = body.graph === undefined ? undefined : checkedGraph(body.graph)
        return database.transaction(async (tx) => {
          if (!(await lockFlow(tx, organizationId, params.id, 'update'))) throw flowNotFound(params.id)
          const before = await existing(tx.orm, organizationId, params.id)
          await insertFlowVersion(tx, {
            flowId: before.id,
            version: before.version + 1,
            name: body.name?.trim() ?? before.name,
            graph: graph ?? before.graph,
            createdAt: new Date(clock.now()),
          })
          return existing(tx.orm, organizationId, params.id)
        })
      },
    )

    app.delete(
      '/flows/:id',
      {
        config: { role: 'admin' },
        schema: { tags, summary: 'Delete a flow', params: IdParams, response: { 204: Type.Null(), 404: ErrorBody, 409: ErrorBody } },
      },
      async ({ identity, params }, reply) => {
        await database.transaction(async (tx) => {
          if (!(await lockFlow(tx, identity.organizationId, params.id, 'update'))) throw flowNotFound(params.id)
          if (await isFlowInUse(tx, params.id)) {
            throw new DomainError('conflict', 'FlowInUseError', 'A program runs this flow; delete the program first')
          }
          await deleteFlow(tx, params.id, new Date(clock.now()))
        })
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/flows/:id/versions',
      {
        config: { role: 'supervisor' },
        schema: {
          tags,
          summary: 'List the versions of a flow, the latest first',
          params: IdParams,
          response: { 200: Type.Array(FlowVersionSummary), 404: ErrorBody },
        },
      },
      async ({ identity, params }) => {
        const versions = await listFlowVersions(database.orm, identity.organizationId, params.id)
        if (versions.length === 0) throw flowNotFound(params.id)
        return versions.map((version) => ({ ...version, createdAt: toIso(version.createdAt.getTime()) }))
      },
    )

    app.get(
      '/flows/:id/versions/:version',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'Get one version of a flow', params: VersionParams, response: { 200: FlowVersion, 404: ErrorBody } },
      },
      async ({ identity, params }) => {
        const version = await findFlowVersion(database.orm, identity.organizationId, params.id, params.version)
        if (!version) throw flowNotFound(`${params.id}, version ${params.version}`)
        return { ...version, createdAt: toIso(version.createdAt.getTime()) }
      },
    )
  }

/** The graph of a body, where it may be run. Throws a `ValidationError` with everything that is wrong with it, under `/graph`. */
function checkedGraph(graph: unknown): FlowGraph {
  const check = checkFlow(graph)
  if (check.ok) return check.graph
  throw invalidFields(check.problems.map((problem) => ({ ...problem, pointer: `/graph${problem.pointer}` })))
}

async function existing(orm: Orm, organizationId: string, id: string): Promise<Flow> {
  const flow = await findFlow(orm, organizationId, id)
  if (!flow) throw flowNotFound(id)
  return withInstants(flow)
}

function withInstants<T extends { createdAt: Date; updatedAt: Date }>(row: T) {
  return { ...row, createdAt: toIso(row.createdAt.getTime()), updatedAt: toIso(row.updatedAt.getTime()) }
}
