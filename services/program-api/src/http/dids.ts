import { CreateDidRequest, Did, DidPage, UpdateDidRequest } from '@carillon/contracts/did'
import { ErrorBody } from '@carillon/contracts/error-body'
import { type Identity, includesRole } from '@carillon/contracts/identity'
import { toIso } from '@carillon/contracts/instant'
import { ListQuery, PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList, plainList } from '@carillon/service-kit/http/lists'
import { isUniqueViolation, type Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { countryOf, parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { didNotFound } from '../domain/not-found.ts'
import {
  type DidRow,
  deleteDid,
  didNumberIndex,
  didOrder,
  findDid,
  insertDid,
  listAvailableDids,
  listDids,
  updateDidStatus,
} from '../store/dids.ts'

const CreateDid = {
  tags: [tags.dids],
  summary: 'Add a DID, a number to call from',
  headers: IdempotencyHeaders,
  body: CreateDidRequest,
  response: { 201: Did, 400: ErrorBody, 403: ErrorBody, 409: ErrorBody },
}
const ListDids = {
  tags: [tags.dids],
  summary: 'List the DIDs of the organization and those that every organization may use, newest first',
  querystring: PaginationQuery,
  response: { 200: DidPage, 400: ErrorBody },
}
const ListAvailableDids = {
  tags: [tags.dids],
  summary: 'List the DIDs that a program can use now, newest first',
  querystring: ListQuery,
  response: { 200: Type.Array(Did), 400: ErrorBody },
}
const GetDid = {
  tags: [tags.dids],
  summary: 'Get a DID',
  params: IdParams,
  response: { 200: Did, 404: ErrorBody },
}
const UpdateDid = {
  tags: [tags.dids],
  summary: 'Activate or deactivate a DID',
  params: IdParams,
  body: UpdateDidRequest,
  response: { 200: Did, 400: ErrorBody, 403: ErrorBody, 404: ErrorBody },
}
const DeleteDid = {
  tags: [tags.dids],
  summary: 'Delete a DID; it leaves the pools that it is in',
  params: IdParams,
  response: { 204: Type.Null(), 403: ErrorBody, 404: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const didRoutes =
  ({ database, clock }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/dids', { schema: CreateDid, config: change }, async (request, reply) => {
      const { identity, body } = request
      const isPlatformWide = body.platformWide === true
      if (isPlatformWide) requirePlatformAdmin(identity)
      const country = body.country ?? identity.country
      const parsed = parsePhoneNumber(body.number, country)
      if (!parsed.ok) throw invalidField('/number', `${phoneRejectionTexts[parsed.reason]} (${parsed.reason})`)
      try {
        const did = await createOnce(database, request, async (tx) => {
          const now = clock.now()
          const row: DidRow = {
            id: uuidv7(now),
            organizationId: isPlatformWide ? null : identity.organizationId,
            number: parsed.number,
            country: body.country ?? countryOf(parsed.number) ?? country,
            status: 'active',
            createdAt: new Date(now),
            updatedAt: new Date(now),
          }
          await insertDid(tx, row)
          return toDid(row)
        })
        return await reply.code(201).send(did)
      } catch (error) {
        if (!isUniqueViolation(error, didNumberIndex)) throw error
        throw new DomainError('conflict', 'DidAlreadyExistsError', `The DID ${parsed.number} already exists`)
      }
    })

    app.get('/dids', { schema: ListDids, config: read }, async (request, reply) => {
      const list = pagedList(request, reply, didOrder)
      const { rows, total } = await listDids(database.orm, request.identity.organizationId, list.slice)
      return list.answer(rows, total, toDid)
    })

    app.get('/dids/available', { schema: ListAvailableDids, config: read }, async (request, reply) => {
      const list = plainList(request, reply, didOrder)
      const rows = await listAvailableDids(database.orm, request.identity.organizationId, list.slice)
      return list.rows(rows).map(toDid)
    })

    app.get('/dids/:id', { schema: GetDid, config: read }, async ({ identity, params }) =>
      toDid(await existingDid(database.orm, identity, params.id)),
    )

    app.patch('/dids/:id', { schema: UpdateDid, config: change }, async ({ identity, params, body }) =>
      database.transaction(async (tx) => {
        await requireChangeable(tx.orm, identity, params.id)
        const row = await updateDidStatus(tx, params.id, body.status, new Date(clock.now()))
        if (!row) throw didNotFound(params.id)
        return toDid(row)
      }),
    )

    app.delete('/dids/:id', { schema: DeleteDid, config: change }, async ({ identity, params }, reply) => {
      await database.transaction(async (tx) => {
        await requireChangeable(tx.orm, identity, params.id)
        await deleteDid(tx, params.id)
      })
      return reply.code(204).send(null)
    })
  }

async function existingDid(orm: Orm, { organizationId }: Identity, id: string): Promise<DidRow> {
  const row = await findDid(orm, organizationId, id)
  if (!row) throw didNotFound(id)
  return row
}

async function requireChangeable(orm: Orm, identity: Identity, id: string): Promise<void> {
  const { organizationId } = await existingDid(orm, identity, id)
  if (organizationId === null) requirePlatformAdmin(identity)
}

function requirePlatformAdmin({ role }: Identity): void {
  if (includesRole(role, 'platform_admin')) return
  throw new DomainError('forbidden', 'ForbiddenError', 'Only a platform_admin may change a DID that every organization may use')
}

function toDid({ id, organizationId, number, country, status, createdAt, updatedAt }: DidRow): Did {
  return { id, organizationId, number, country, status, createdAt: toIso(createdAt.getTime()), updatedAt: toIso(updatedAt.getTime()) }
}
