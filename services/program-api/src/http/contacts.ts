import {
  Contact,
  ContactPage,
  CreateContactRequest,
  ListContactsQuery,
  PhoneReadingQuery,
  UpdateContactRequest,
} from '@carillon/contracts/contact'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import { isUniqueViolation, type Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { changedAttributes, phoneTaken, readName, readPhone } from '../domain/contact.ts'
import { contactNotFound } from '../domain/not-found.ts'
import {
  type ContactChange,
  contactOrder,
  deleteContact,
  findContact,
  insertContact,
  listContacts,
  lockContact,
  phoneConstraint,
  updateContact,
} from '../store/contacts.ts'
import { listCustomAttributes } from '../store/custom-attributes.ts'
import { contactDeleted, contactsChanged } from '../triggers/followed-contacts.ts'
import { toContact } from './contact-response.ts'

const CreateContact = {
  operationId: 'createContact',
  summary: 'Create a contact',
  description:
    'A phone number belongs to one contact of the organization at most. A local number is read in the country of the query, or else in the organization’s; the answer has it in international form. Values of custom attributes must have the attribute’s type. The contact joins no audience: add it with `addAudienceContacts`.',
  errors: {
    ContactAlreadyExistsError: 'Another contact of the organization has this number.',
    ValidationError: 'This includes a phone number that cannot be called, and an attribute that does not exist or is of another type.',
  },
  tags: [tags.contacts],
  headers: IdempotencyHeaders,
  querystring: PhoneReadingQuery,
  body: CreateContactRequest,
  response: { 201: Contact },
}
const ListContacts = {
  operationId: 'listContacts',
  summary: 'List contacts',
  description: 'All contacts of the organization. With `search`, those whose phone number or name contains the text.',
  tags: [tags.contacts],
  querystring: ListContactsQuery,
  response: { 200: ContactPage },
}
const GetContact = {
  operationId: 'getContact',
  summary: 'Get a contact',
  description: 'The contact with all values of its custom attributes.',
  errors: {
    ContactNotFoundError: 'The organization has no contact with this id.',
  },
  tags: [tags.contacts],
  params: IdParams,
  response: { 200: Contact },
}
const UpdateContact = {
  operationId: 'updateContact',
  summary: 'Change a contact',
  description:
    'Fields and attributes that are not sent keep their value; `null` clears one. Executions that are already launched keep the contact as it was at the launch.',
  errors: {
    ContactNotFoundError: 'The organization has no contact with this id.',
    ContactAlreadyExistsError: 'Another contact of the organization has this number.',
    ValidationError: 'This includes a phone number that cannot be called, and an attribute that does not exist or is of another type.',
  },
  tags: [tags.contacts],
  params: IdParams,
  querystring: PhoneReadingQuery,
  body: UpdateContactRequest,
  response: { 200: Contact },
}
const DeleteContact = {
  operationId: 'deleteContact',
  summary: 'Delete a contact',
  description: 'The contact leaves all audiences. Executions that are already launched still call it, and their reports keep its calls.',
  errors: {
    ContactNotFoundError: 'The organization has no contact with this id.',
  },
  tags: [tags.contacts],
  params: IdParams,
  response: { 204: Type.Null() },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const contactRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps
    app.post('/contacts', { schema: CreateContact, config: change }, async (request, reply) => {
      const { identity, body, query } = request
      const { organizationId } = identity
      const phone = readPhone(body.phone, query.country ?? identity.country, query.extensions ?? false)
      const contact = await refusingTakenPhone(phone, () =>
        createOnce(database, request, async (tx) => {
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
          await contactsChanged(tx, deps, organizationId, () => [row])
          return toContact(row)
        }),
      )
      return reply.code(201).send(contact)
    })

    app.get('/contacts', { schema: ListContacts, config: read }, async (request, reply) => {
      const list = pagedList(request, reply, contactOrder)
      const { rows, total } = await listContacts(database.orm, request.identity.organizationId, request.query.search, list.slice)
      return list.answer(rows, total, toContact)
    })

    app.get('/contacts/:id', { schema: GetContact, config: read }, async ({ identity, params }) => {
      const row = await findContact(database.orm, identity.organizationId, params.id)
      if (!row) throw contactNotFound(params.id)
      return toContact(row)
    })

    app.patch('/contacts/:id', { schema: UpdateContact, config: change }, async ({ identity, params, query, body }) => {
      const { organizationId } = identity
      const phone =
        body.phone === undefined ? undefined : readPhone(body.phone, query.country ?? identity.country, query.extensions ?? false)
      return refusingTakenPhone(phone ?? '', () =>
        database.transaction(async (tx) => {
          const before = await lockContact(tx, organizationId, params.id)
          if (!before) throw contactNotFound(params.id)
          const changes: ContactChange = {}
          if (phone !== undefined) changes.phone = phone
          if (body.firstName !== undefined) changes.firstName = readName(body.firstName)
          if (body.lastName !== undefined) changes.lastName = readName(body.lastName)
          if (body.attributes) {
            changes.attributes = changedAttributes(before.attributes, body.attributes, await attributeTypes(tx.orm, organizationId))
          }
          const row = await updateContact(tx, organizationId, params.id, changes, new Date(clock.now()))
          await contactsChanged(tx, deps, organizationId, () => [row])
          return toContact(row)
        }),
      )
    })

    app.delete('/contacts/:id', { schema: DeleteContact, config: change }, async ({ identity, params }, reply) => {
      const deleted = await database.transaction(async (tx) => {
        const isDeleted = await deleteContact(tx, identity.organizationId, params.id)
        if (isDeleted) await contactDeleted(tx, deps, identity.organizationId, params.id)
        return isDeleted
      })
      if (!deleted) throw contactNotFound(params.id)
      return reply.code(204).send(null)
    })
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
