import { CreateDidRequest, Did, DidPage, UpdateDidRequest } from '@carillon/contracts/did'
import { ErrorBody } from '@carillon/contracts/error-body'
import { type Identity, includesRole } from '@carillon/contracts/identity'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { isUniqueViolation, type Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { countryOf, parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { didNotFound } from '../domain/not-found.ts'
import { type DidRow, deleteDid, didNumberIndex, findDid, insertDid, listAvailableDids, listDids, updateDidStatus } from '../store/dids.ts'
import { answerCreated } from './creation.ts'
import { IdempotencyHeaders, IdParams } from './params.ts'

const tags = ['DIDs']

export const didRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.post(
      '/dids',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Add a number to call from',
          headers: IdempotencyHeaders,
          body: CreateDidRequest,
          response: { 201: Did, 400: ErrorBody, 403: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const { identity, body } = request
        const isPlatformWide = body.platformWide === true
        if (isPlatformWide) requirePlatformAdmin(identity)
        const readIn = body.country ?? identity.country
        const parsed = parsePhoneNumber(body.number, readIn)
        if (!parsed.ok) throw invalidField('/number', `${phoneRejectionTexts[parsed.reason]} (${parsed.reason})`)
        try {
          return await answerCreated(deps, request, reply, async (tx) => {
            const now = clock.now()
            const row: DidRow = {
              id: uuidv7(now),
              organizationId: isPlatformWide ? null : identity.organizationId,
              number: parsed.number,
              country: body.country ?? countryOf(parsed.number) ?? readIn,
              status: 'active',
              createdAt: new Date(now),
              updatedAt: new Date(now),
            }
            await insertDid(tx, row)
            return toDid(row)
          })
        } catch (error) {
          if (!isUniqueViolation(error, didNumberIndex)) throw error
          throw new DomainError('conflict', 'DidAlreadyExistsError', `There is a DID ${parsed.number} already`)
        }
      },
    )

    app.get(
      '/dids',
      {
        config: { role: 'supervisor' },
        schema: {
          tags,
          summary: 'List the numbers of the organization, and those that every organization may use',
          querystring: PaginationQuery,
          response: { 200: DidPage },
        },
      },
      async ({ identity, query }) => {
        const { page, limit } = query
        const { rows, total } = await listDids(database.orm, identity.organizationId, page, limit)
        return { data: rows.map(toDid), meta: paginationMeta(page, limit, total) }
      },
    )

    app.get(
      '/dids/available',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'List the numbers that a program can call from now', response: { 200: Type.Array(Did) } },
      },
      async ({ identity }) => (await listAvailableDids(database.orm, identity.organizationId)).map(toDid),
    )

    app.get(
      '/dids/:id',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'Get a number to call from', params: IdParams, response: { 200: Did, 404: ErrorBody } },
      },
      async ({ identity, params }) => toDid(await existing(database.orm, identity, params.id)),
    )

    app.patch(
      '/dids/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Make a number active or inactive',
          params: IdParams,
          body: UpdateDidRequest,
          response: { 200: Did, 400: ErrorBody, 403: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params, body }) =>
        database.transaction(async (tx) => {
          await changeable(tx.orm, identity, params.id)
          const row = await updateDidStatus(tx, params.id, body.status, new Date(clock.now()))
          if (!row) throw didNotFound(params.id)
          return toDid(row)
        }),
    )

    app.delete(
      '/dids/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Delete a number; pools lose it',
          params: IdParams,
          response: { 204: Type.Null(), 403: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params }, reply) => {
        await database.transaction(async (tx) => {
          await changeable(tx.orm, identity, params.id)
          await deleteDid(tx, params.id)
        })
        return reply.code(204).send(null)
      },
    )
  }

async function existing(orm: Orm, { organizationId }: Identity, id: string): Promise<DidRow> {
  const row = await findDid(orm, organizationId, id)
  if (!row) throw didNotFound(id)
  return row
}

async function changeable(orm: Orm, identity: Identity, id: string): Promise<void> {
  const { organizationId } = await existing(orm, identity, id)
  if (organizationId === null) requirePlatformAdmin(identity)
}

function requirePlatformAdmin({ role }: Identity): void {
  if (includesRole(role, 'platform_admin')) return
  throw new DomainError('forbidden', 'ForbiddenError', 'A number of every organization takes the role platform_admin')
}

function toDid({ id, organizationId, number, country, status, createdAt, updatedAt }: DidRow): Did {
  return { id, organizationId, number, country, status, createdAt: toIso(createdAt.getTime()), updatedAt: toIso(updatedAt.getTime()) }
}
