import {
  Contact,
  ContactPage,
  CreateContactRequest,
  ListContactsQuery,
  PhoneReadingQuery,
  UpdateContactRequest,
} from '@carillon/contracts/contact'
import { ErrorBody } from '@carillon/contracts/error-body'
import { paginationMeta } from '@carillon/contracts/pagination'
import { toIso } from '@carillon/service-kit/domain/instant'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { isUniqueViolation, type Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { changedAttributes, phoneTaken, readName, readPhone } from '../domain/contact.ts'
import { contactNotFound } from '../domain/not-found.ts'
import {
  type ContactChange,
  type ContactRow,
  deleteContact,
  findContact,
  insertContact,
  listContacts,
  lockContact,
  phoneConstraint,
  updateContact,
} from '../store/contacts.ts'
import { listCustomAttributes } from '../store/custom-attributes.ts'
import { answerCreated } from './creation.ts'
import { IdempotencyHeaders, IdParams } from './params.ts'

const tags = ['contacts']

export const contactRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.post(
      '/contacts',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Create a contact',
          headers: IdempotencyHeaders,
          querystring: PhoneReadingQuery,
          body: CreateContactRequest,
          response: { 201: Contact, 400: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const { identity, body, query } = request
        const { organizationId } = identity
        const phone = readPhone(body.phone, query.country ?? identity.country, query.extensions ?? false)
        return refusingTakenPhone(phone, () =>
          answerCreated(deps, request, reply, async (tx) => {
            const now = clock.now()
            const row = await insertContact(tx, {
              organizationId,
              id: uuidv7(now),
              phone,
              firstName: readName(body.firstName ?? null),
              lastName: readName(body.lastName ?? null),
              attributes: changedAttributes({}, body.attributes ?? {}, await attributeTypes(tx.orm, organizationId)),
              createdAt: new Date(now),
              updatedAt: new Date(now),
            })
            return toContact(row)
          }),
        )
      },
    )

    app.get(
      '/contacts',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'List contacts', querystring: ListContactsQuery, response: { 200: ContactPage, 400: ErrorBody } },
      },
      async ({ identity, query }) => {
        const { page, limit, search } = query
        const { rows, total } = await listContacts(database.orm, identity.organizationId, search, page, limit)
        return { data: rows.map(toContact), meta: paginationMeta(page, limit, total) }
      },
    )

    app.get(
      '/contacts/:id',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'Get a contact', params: IdParams, response: { 200: Contact, 404: ErrorBody } },
      },
      async ({ identity, params }) => {
        const row = await findContact(database.orm, identity.organizationId, params.id)
        if (!row) throw contactNotFound(params.id)
        return toContact(row)
      },
    )

    app.patch(
      '/contacts/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Change a contact',
          params: IdParams,
          querystring: PhoneReadingQuery,
          body: UpdateContactRequest,
          response: { 200: Contact, 400: ErrorBody, 404: ErrorBody, 409: ErrorBody },
        },
      },
      async ({ identity, params, query, body }) => {
        const { organizationId } = identity
        const phone =
          body.phone === undefined ? undefined : readPhone(body.phone, query.country ?? identity.country, query.extensions ?? false)
        return refusingTakenPhone(phone ?? '', () =>
          database.transaction(async (tx) => {
            const before = await lockContact(tx, organizationId, params.id)
            if (!before) throw contactNotFound(params.id)
            const change: ContactChange = {}
            if (phone !== undefined) change.phone = phone
            if (body.firstName !== undefined) change.firstName = readName(body.firstName)
            if (body.lastName !== undefined) change.lastName = readName(body.lastName)
            if (body.attributes) {
              change.attributes = changedAttributes(before.attributes, body.attributes, await attributeTypes(tx.orm, organizationId))
            }
            return toContact(await updateContact(tx, organizationId, params.id, change, new Date(clock.now())))
          }),
        )
      },
    )

    app.delete(
      '/contacts/:id',
      {
        config: { role: 'admin' },
        schema: { tags, summary: 'Delete a contact', params: IdParams, response: { 204: Type.Null(), 404: ErrorBody } },
      },
      async ({ identity, params }, reply) => {
        const deleted = await database.transaction((tx) => deleteContact(tx, identity.organizationId, params.id))
        if (!deleted) throw contactNotFound(params.id)
        return reply.code(204).send(null)
      },
    )
  }

/** A contact as the API shows it. */
export function toContact(row: ContactRow): Contact {
  const { id, phone, firstName, lastName, attributes, createdAt, updatedAt } = row
  return { id, phone, firstName, lastName, attributes, createdAt: toIso(createdAt.getTime()), updatedAt: toIso(updatedAt.getTime()) }
}

async function attributeTypes(orm: Orm, organizationId: string) {
  return new Map((await listCustomAttributes(orm, organizationId)).map(({ slug, type }) => [slug, type]))
}

async function refusingTakenPhone<T>(phone: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isUniqueViolation(error, phoneConstraint) ? phoneTaken(phone) : error
  }
}
