import { PhoneReadingQuery } from '@carillon/contracts/contact'
import { CreateDncEntryRequest, DncEntry, DncEntryPage, ListDncEntriesQuery } from '@carillon/contracts/dnc-entry'
import { fromIso, toIso } from '@carillon/contracts/instant'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { readPhone } from '../domain/contact.ts'
import { dncAdded, dncRemoved } from '../domain/dnc-event.ts'
import { dncEntryNotFound } from '../domain/not-found.ts'
import { type DncEntryRow, deleteDncEntry, dncEntryOrder, findDncEntry, listDncEntries, putDncEntry } from '../store/dnc-entries.ts'

const AddDncEntry = {
  operationId: 'addDncEntry',
  summary: 'Add a number to the do-not-call list',
  description:
    'A number that is in the list already keeps its entry, which gets the reason, the source and the expiry of this request. A local number is read in the country of the query, or else in the organization’s. An entry whose `expiresAt` has passed stays in the list and no longer counts.',
  errors: { ValidationError: 'This includes a phone number that cannot be called.' },
  tags: [tags.dnc],
  headers: IdempotencyHeaders,
  querystring: PhoneReadingQuery,
  body: CreateDncEntryRequest,
  response: { 201: DncEntry },
}
const ListDncEntries = {
  operationId: 'listDncEntries',
  summary: 'List the do-not-call list',
  description: 'All entries of the organization, also those that have expired. With `search`, those whose number begins with it.',
  tags: [tags.dnc],
  querystring: ListDncEntriesQuery,
  response: { 200: DncEntryPage },
}
const GetDncEntry = {
  operationId: 'getDncEntry',
  summary: 'Get an entry of the do-not-call list',
  description: 'The number, why it must not be called, and until when.',
  errors: { DncEntryNotFoundError: 'The organization has no entry with this id.' },
  tags: [tags.dnc],
  params: IdParams,
  response: { 200: DncEntry },
}
const DeleteDncEntry = {
  operationId: 'deleteDncEntry',
  summary: 'Remove a number from the do-not-call list',
  description: 'The number may be called again.',
  errors: { DncEntryNotFoundError: 'The organization has no entry with this id.' },
  tags: [tags.dnc],
  params: IdParams,
  response: { 204: Type.Null() },
}

const read = { role: 'supervisor' } as const
// The list decides which live calls are made.
const change = { role: 'admin', liveOnly: true } as const

export const dncEntryRoutes =
  ({ database, clock, outbox }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/dnc', { schema: AddDncEntry, config: change }, async (request, reply) => {
      const { identity, body, query } = request
      const { organizationId } = identity
      const phone = readPhone(body.phone, query.country ?? identity.country, query.extensions ?? false)
      const entry = await createOnce(database, request, async (tx) => {
        const atMs = clock.now()
        const expiresAtMs = body.expiresAt == null ? null : fromIso(body.expiresAt)
        const row = await putDncEntry(tx, {
          id: uuidv7(atMs),
          organizationId,
          phone,
          reason: body.reason?.trim() || null,
          source: body.source?.trim() || 'api',
          expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs),
          createdAt: new Date(atMs),
        })
        const message = dncAdded(organizationId, [{ phone, expiresAtMs }], { id: uuidv7(atMs), atMs, requestId: request.id })
        await appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: organizationId, message }])
        return toDncEntry(row)
      })
      return reply.code(201).send(entry)
    })

    app.get('/dnc', { schema: ListDncEntries, config: read }, async (request, reply) => {
      const list = pagedList(request, reply, dncEntryOrder)
      const { rows, total } = await listDncEntries(database.orm, request.identity.organizationId, request.query.search, list.slice)
      return list.answer(rows, total, toDncEntry)
    })

    app.get('/dnc/:id', { schema: GetDncEntry, config: read }, async ({ identity, params }) => {
      const row = await findDncEntry(database.orm, identity.organizationId, params.id)
      if (!row) throw dncEntryNotFound(params.id)
      return toDncEntry(row)
    })

    app.delete('/dnc/:id', { schema: DeleteDncEntry, config: change }, async ({ identity, params, id: requestId }, reply) => {
      const { organizationId } = identity
      await database.transaction(async (tx) => {
        const phone = await deleteDncEntry(tx, organizationId, params.id)
        if (phone === undefined) throw dncEntryNotFound(params.id)
        const atMs = clock.now()
        const message = dncRemoved(organizationId, phone, { id: uuidv7(atMs), atMs, requestId })
        await appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: organizationId, message }])
      })
      return reply.code(204).send(null)
    })
  }

function toDncEntry({ id, phone, reason, source, expiresAt, createdAt }: DncEntryRow): DncEntry {
  return { id, phone, reason, source, expiresAt: expiresAt && toIso(expiresAt.getTime()), createdAt: toIso(createdAt.getTime()) }
}
