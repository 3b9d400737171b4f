import { Audience, AudiencePage, CreateAudienceRequest, UpdateAudienceRequest } from '@carillon/contracts/audience'
import { ErrorBody } from '@carillon/contracts/error-body'
import { toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { audienceNotFound } from '../domain/not-found.ts'
import {
  type AudienceRow,
  audienceOrder,
  deleteAudience,
  findAudience,
  insertAudience,
  listAudiences,
  renameAudience,
} from '../store/audiences.ts'
import { isAudienceInUse } from '../store/programs.ts'

const CreateAudience = {
  tags: [tags.audiences],
  summary: 'Create an audience',
  headers: IdempotencyHeaders,
  body: CreateAudienceRequest,
  response: { 201: Audience, 400: ErrorBody },
}
const ListAudiences = {
  tags: [tags.audiences],
  summary: 'List audiences, newest first',
  querystring: PaginationQuery,
  response: { 200: AudiencePage, 400: ErrorBody },
}
const GetAudience = {
  tags: [tags.audiences],
  summary: 'Get an audience',
  params: IdParams,
  response: { 200: Audience, 404: ErrorBody },
}
const RenameAudience = {
  tags: [tags.audiences],
  summary: 'Rename an audience',
  params: IdParams,
  body: UpdateAudienceRequest,
  response: { 200: Audience, 400: ErrorBody, 404: ErrorBody },
}
const DeleteAudience = {
  tags: [tags.audiences],
  summary: 'Delete an audience',
  params: IdParams,
  response: { 204: Type.Null(), 404: ErrorBody, 409: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const audienceRoutes =
  ({ database, clock }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/audiences', { schema: CreateAudience, config: change }, async (request, reply) => {
      const audience = await createOnce(database, request, async (tx) => {
        const now = clock.now()
        const { organizationId } = request.identity
        const at = new Date(now)
        const name = request.body.name.trim()
        return toAudience(await insertAudience(tx, { id: uuidv7(now), organizationId, name, createdAt: at, updatedAt: at }))
      })
      return reply.code(201).send(audience)
    })

    app.get('/audiences', { schema: ListAudiences, config: read }, async (request, reply) => {
      const list = pagedList(request, reply, audienceOrder)
      const { rows, total } = await listAudiences(database.orm, request.identity.organizationId, list.slice)
      return list.answer(rows, total, toAudience)
    })

    app.get('/audiences/:id', { schema: GetAudience, config: read }, async ({ identity, params }) =>
      toAudience(await existingAudience(database.orm, identity.organizationId, params.id)),
    )

    app.patch('/audiences/:id', { schema: RenameAudience, config: change }, async ({ identity, params, body }) =>
      database.transaction(async (tx) => {
        const at = new Date(clock.now())
        const renamed = await renameAudience(tx, identity.organizationId, params.id, body.name.trim(), at)
        if (!renamed) throw audienceNotFound(params.id)
        return toAudience(await existingAudience(tx.orm, identity.organizationId, params.id))
      }),
    )

    app.delete('/audiences/:id', { schema: DeleteAudience, config: change }, async ({ identity, params }, reply) => {
      await database.transaction(async (tx) => {
        // The delete comes first: it waits for a transaction that is adding a program with this audience, so the check below sees that program.
        if (!(await deleteAudience(tx, identity.organizationId, params.id))) throw audienceNotFound(params.id)
        if (await isAudienceInUse(tx, params.id)) {
          throw new DomainError('conflict', 'AudienceInUseError', 'A program calls this audience; delete the program first')
        }
      })
      return reply.code(204).send(null)
    })
  }

/** An audience with its size. Throws an `AudienceNotFoundError`. */
export async function existingAudience(orm: Orm, organizationId: string, id: string): Promise<AudienceRow> {
  const row = await findAudience(orm, organizationId, id)
  if (!row) throw audienceNotFound(id)
  return row
}

function toAudience({ id, name, size, createdAt, updatedAt }: AudienceRow): Audience {
  return { id, name, size, createdAt: toIso(createdAt.getTime()), updatedAt: toIso(updatedAt.getTime()) }
}
