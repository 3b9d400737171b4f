import {
  AddedContacts,
  Audience,
  AudienceContactsRequest,
  AudiencePage,
  CreateAudienceRequest,
  RemovedContacts,
  UpdateAudienceRequest,
} from '@carillon/contracts/audience'
import { ContactPage } from '@carillon/contracts/contact'
import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { DomainError, invalidFields } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { audienceNotFound } from '../domain/not-found.ts'
import { addAudienceContacts, listAudienceContacts, removeAudienceContacts } from '../store/audience-contacts.ts'
import {
  type AudienceRow,
  deleteAudience,
  findAudience,
  holdAudience,
  insertAudience,
  listAudiences,
  renameAudience,
} from '../store/audiences.ts'
import { isAudienceInUse } from '../store/programs.ts'
import { toContact } from './contacts.ts'
import { answerCreated } from './creation.ts'
import { IdempotencyHeaders, IdParams } from './params.ts'

const tags = ['audiences']

export const audienceRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.post(
      '/audiences',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Create an audience',
          headers: IdempotencyHeaders,
          body: CreateAudienceRequest,
          response: { 201: Audience, 400: ErrorBody },
        },
      },
      async (request, reply) =>
        answerCreated(deps, request, reply, async (tx) => {
          const now = clock.now()
          const { organizationId } = request.identity
          const at = new Date(now)
          return toAudience(
            await insertAudience(tx, { id: uuidv7(now), organizationId, name: request.body.name.trim(), createdAt: at, updatedAt: at }),
          )
        }),
    )

    app.get(
      '/audiences',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'List audiences', querystring: PaginationQuery, response: { 200: AudiencePage } },
      },
      async ({ identity, query }) => {
        const { page, limit } = query
        const { rows, total } = await listAudiences(database.orm, identity.organizationId, page, limit)
        return { data: rows.map(toAudience), meta: paginationMeta(page, limit, total) }
      },
    )

    app.get(
      '/audiences/:id',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'Get an audience', params: IdParams, response: { 200: Audience, 404: ErrorBody } },
      },
      async ({ identity, params }) => toAudience(await existing(database.orm, identity.organizationId, params.id)),
    )

    app.patch(
      '/audiences/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Rename an audience',
          params: IdParams,
          body: UpdateAudienceRequest,
          response: { 200: Audience, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params, body }) =>
        database.transaction(async (tx) => {
          const at = new Date(clock.now())
          const renamed = await renameAudience(tx, identity.organizationId, params.id, body.name.trim(), at)
          if (!renamed) throw audienceNotFound(params.id)
          return toAudience(await existing(tx.orm, identity.organizationId, params.id))
        }),
    )

    app.delete(
      '/audiences/:id',
      {
        config: { role: 'admin' },
        schema: { tags, summary: 'Delete an audience', params: IdParams, response: { 204: Type.Null(), 404: ErrorBody, 409: ErrorBody } },
      },
      async ({ identity, params }, reply) => {
        await database.transaction(async (tx) => {
          // Deleted first: who is about to use it in a program holds it, and is waited for.
          if (!(await deleteAudience(tx, identity.organizationId, params.id))) throw audienceNotFound(params.id)
          if (await isAudienceInUse(tx, params.id)) {
            throw new DomainError('conflict', 'AudienceInUseError', 'A program calls this audience; delete the program first')
          }
        })
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/audiences/:id/contacts',
      {
        config: { role: 'supervisor' },
        schema: {
          tags,
          summary: 'List the contacts of an audience',
          params: IdParams,
          querystring: PaginationQuery,
          response: { 200: ContactPage, 404: ErrorBody },
        },
      },
      async ({ identity, params, query }) => {
        const { page, limit } = query
        const { size } = await existing(database.orm, identity.organizationId, params.id)
        const rows = await listAudienceContacts(database.orm, identity.organizationId, params.id, page, limit)
        return { data: rows.map(toContact), meta: paginationMeta(page, limit, size) }
      },
    )

    app.post(
      '/audiences/:id/contacts',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Add contacts to an audience; those that are in it already stay',
          params: IdParams,
          body: AudienceContactsRequest,
          response: { 200: AddedContacts, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params, body }) =>
        database.transaction(async (tx) => {
          await hold(tx, identity.organizationId, params.id)
          const { known, added } = await addAudienceContacts(tx, identity.organizationId, params.id, body.contactIds)
          const unknown = body.contactIds.flatMap((id, index) => (known.has(id.toLowerCase()) ? [] : [index]))
          if (unknown.length > 0) {
            throw invalidFields(
              unknown.map((index) => ({ pointer: `/contactIds/${index}`, message: 'is not a contact of the organization' })),
            )
          }
          const { size } = await existing(tx.orm, identity.organizationId, params.id)
          return { added, size }
        }),
    )

    app.delete(
      '/audiences/:id/contacts',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Take contacts out of an audience',
          params: IdParams,
          body: AudienceContactsRequest,
          response: { 200: RemovedContacts, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params, body }) =>
        database.transaction(async (tx) => {
          await hold(tx, identity.organizationId, params.id)
          const removed = await removeAudienceContacts(tx, params.id, body.contactIds)
          const { size } = await existing(tx.orm, identity.organizationId, params.id)
          return { removed, size }
        }),
    )
  }

async function existing(orm: Orm, organizationId: string, id: string): Promise<AudienceRow> {
  const row = await findAudience(orm, organizationId, id)
  if (!row) throw audienceNotFound(id)
  return row
}

async function hold(tx: Tx, organizationId: string, id: string): Promise<void> {
  if (!(await holdAudience(tx, organizationId, id))) throw audienceNotFound(id)
}

function toAudience({ id, name, size, createdAt, updatedAt }: AudienceRow): Audience {
  return { id, name, size, createdAt: toIso(createdAt.getTime()), updatedAt: toIso(updatedAt.getTime()) }
}
