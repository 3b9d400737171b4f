import { ErrorBody } from '@carillon/contracts/error-body'
import { FlowVersion, FlowVersionSummary } from '@carillon/contracts/flow'
import { toIso } from '@carillon/contracts/instant'
import { ListQuery } from '@carillon/contracts/pagination'
import { IdParams } from '@carillon/contracts/request'
import { Uuid } from '@carillon/contracts/scalars'
import { tags } from '@carillon/contracts/tags'
import { plainList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { flowNotFound } from '../domain/not-found.ts'
import { findFlowVersion, flowExists, flowVersionOrder, listFlowVersions } from '../store/flows.ts'

const VersionParams = Type.Object({ id: Uuid, version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

const ListFlowVersions = {
  tags: [tags.flows],
  summary: 'List the versions of a flow, the latest first',
  params: IdParams,
  querystring: ListQuery,
  response: { 200: Type.Array(FlowVersionSummary), 400: ErrorBody, 404: ErrorBody },
}
const GetFlowVersion = {
  tags: [tags.flows],
  summary: 'Get one version of a flow',
  params: VersionParams,
  response: { 200: FlowVersion, 404: ErrorBody },
}

const read = { role: 'supervisor' } as const

/** `/flows/:id/versions` */
export const flowVersionRoutes =
  ({ database }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/flows/:id/versions', { schema: ListFlowVersions, config: read }, async (request, reply) => {
      const { organizationId } = request.identity
      const { id } = request.params
      const list = plainList(request, reply, flowVersionOrder)
      const versions = await listFlowVersions(database.orm, organizationId, id, list.slice)
      // A flow has a version at least, but a cursor may lead behind it.
      if (versions.length === 0 && !(await flowExists(database.orm, organizationId, id))) throw flowNotFound(id)
      return list.rows(versions).map((version) => ({ ...version, createdAt: toIso(version.createdAt.getTime()) }))
    })

    app.get('/flows/:id/versions/:version', { schema: GetFlowVersion, config: read }, async ({ identity, params }) => {
      const version = await findFlowVersion(database.orm, identity.organizationId, params.id, params.version)
      if (!version) throw flowNotFound(`${params.id}, version ${params.version}`)
      return { ...version, createdAt: toIso(version.createdAt.getTime()) }
    })
  }
