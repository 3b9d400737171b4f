import { ErrorBody } from '@carillon/contracts/error-body'
import { CreateOrganizationRequest, Organization, OrganizationPage, UpdateOrganizationRequest } from '@carillon/contracts/organization'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Authentication } from '../authentication/authentication.ts'
import { organizationNotFound } from '../domain/not-found.ts'
import { changedOrganization, newOrganization } from '../domain/organization.ts'
import {
  findOrganization,
  insertOrganization,
  listOrganizations,
  lockOrganization,
  organizationOrder,
  updateOrganization,
} from '../store/organizations.ts'
import { organizationResponse } from './organization-response.ts'

const CreateOrganization = {
  tags: [tags.organizations],
  summary: 'Create an organization; takes the role platform_admin',
  headers: IdempotencyHeaders,
  body: CreateOrganizationRequest,
  response: { 201: Organization, 400: ErrorBody, 409: ErrorBody },
}
const ListOrganizations = {
  tags: [tags.organizations],
  summary: 'List all organizations, newest first; takes the role platform_admin',
  querystring: PaginationQuery,
  response: { 200: OrganizationPage, 400: ErrorBody },
}
const GetOrganization = {
  tags: [tags.organizations],
  summary: 'Get the organization that the caller acts for',
  response: { 200: Organization },
}
const UpdateOrganization = {
  tags: [tags.organizations],
  summary: 'Change the name, country or time zone of the organization',
  body: UpdateOrganizationRequest,
  response: { 200: Organization, 400: ErrorBody },
}

interface RouteDeps {
  deps: Pick<ServiceDeps, 'database' | 'clock'>
  authentication: Authentication
}

export const organizationRoutes =
  ({ deps: { database, clock }, authentication }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/organizations',
      { schema: CreateOrganization, config: { role: 'platform_admin', liveOnly: true, acrossOrganizations: true } },
      async (request, reply) => {
        const created = await createOnce<Organization>(database, request, async (tx) => {
          const nowMs = clock.now()
          const organization = newOrganization(uuidv7(nowMs), request.body, nowMs)
          await insertOrganization(tx, organization)
          return organizationResponse(organization)
        })
        return reply.code(201).send(created)
      },
    )

    const listAll = { schema: ListOrganizations, config: { role: 'platform_admin', acrossOrganizations: true } } as const
    app.get('/organizations', listAll, async (request, reply) => {
      const list = pagedList(request, reply, organizationOrder)
      const { organizations, total } = await listOrganizations(database.orm, list.slice)
      return list.answer(organizations, total, organizationResponse)
    })

    app.get('/organizations/current', { schema: GetOrganization, config: { role: 'agent' } }, async ({ identity }) => {
      const organization = await findOrganization(database.orm, identity.organizationId)
      if (!organization) throw organizationNotFound()
      return organizationResponse(organization)
    })

    app.patch(
      '/organizations/current',
      { schema: UpdateOrganization, config: { role: 'admin', liveOnly: true } },
      async ({ identity, body }) => {
        const organization = await database.transaction(async (tx) => {
          const before = await lockOrganization(tx, identity.organizationId)
          if (!before) throw organizationNotFound()
          const after = changedOrganization(before, body, clock.now())
          await updateOrganization(tx, after)
          tx.afterCommit(() => authentication.organizationChanged(after.id))
          return after
        })
        return organizationResponse(organization)
      },
    )
  }
