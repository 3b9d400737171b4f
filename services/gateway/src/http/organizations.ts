import { CreateOrganizationRequest, Organization, OrganizationPage, UpdateOrganizationRequest } from '@carillon/contracts/organization'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
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
import type { RouteDeps } from './route-deps.ts'

const CreateOrganization = {
  operationId: 'createOrganization',
  summary: 'Create an organization',
  description:
    'The organization is empty: give it an API key with `createApiKey` and the header `X-Organization-Id`, and credits with `addCredits`. The country decides how local phone numbers are read.',
  errors: {
    ValidationError: 'This includes an unknown country or time zone, and a missing time zone where the country has several.',
  },
  tags: [tags.organizations],
  headers: IdempotencyHeaders,
  body: CreateOrganizationRequest,
  response: { 201: Organization },
}
const ListOrganizations = {
  operationId: 'listOrganizations',
  summary: 'List organizations',
  description: 'All organizations of the platform, the newest first.',
  tags: [tags.organizations],
  querystring: PaginationQuery,
  response: { 200: OrganizationPage },
}
const GetOrganization = {
  operationId: 'getCurrentOrganization',
  summary: 'Get the organization that the caller acts for',
  description: 'That of the API key or JWT, or the one that a `platform_admin` names.',
  errors: {
    OrganizationNotFoundError: 'The organization does not exist.',
  },
  tags: [tags.organizations],
  response: { 200: Organization },
}
const UpdateOrganization = {
  operationId: 'updateCurrentOrganization',
  summary: 'Change the organization',
  description:
    'Name, country, time zone, and the defaults of programs and call requests; what is not sent keeps its value, `null` clears a default. Another country does not change the time zone. Executions that are already launched keep what they were launched with.',
  errors: {
    OrganizationNotFoundError: 'The organization does not exist.',
    ValidationError: 'This includes an unknown country or time zone.',
  },
  tags: [tags.organizations],
  body: UpdateOrganizationRequest,
  response: { 200: Organization },
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
