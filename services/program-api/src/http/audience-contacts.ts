import { AddedContacts, AudienceContactsRequest, RemovedContacts } from '@carillon/contracts/audience'
import { ContactPage } from '@carillon/contracts/contact'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { audienceNotFound } from '../domain/not-found.ts'
import { addAudienceContacts, listAudienceContacts, removeAudienceContacts } from '../store/audience-contacts.ts'
import { holdAudience } from '../store/audiences.ts'
import { existingAudience } from './audiences.ts'
import { toContact } from './contact-response.ts'

const ListAudienceContacts = {
  operationId: 'listAudienceContacts',
  summary: 'List the contacts of an audience',
  description: 'The contacts that are in the audience now.',
  errors: {
    AudienceNotFoundError: 'The organization has no audience with this id.',
  },
  tags: [tags.audiences],
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: ContactPage },
}
const AddAudienceContacts = {
  operationId: 'addAudienceContacts',
  summary: 'Add contacts to an audience',
  description:
    'Contacts that are already in the audience stay in it. If one of the ids is not a contact of the organization, none is added. Executions that are already launched do not call the new contacts.',
  errors: {
    AudienceNotFoundError: 'The organization has no audience with this id.',
    ValidationError: 'This includes an id that is not a contact of the organization.',
  },
  tags: [tags.audiences],
  params: IdParams,
  body: AudienceContactsRequest,
  response: { 200: AddedContacts },
}
const RemoveAudienceContacts = {
  operationId: 'removeAudienceContacts',
  summary: 'Remove contacts from an audience',
  description:
    'Contacts that are not in the audience are passed over. The contacts themselves stay. Executions that are already launched still call them.',
  errors: {
    AudienceNotFoundError: 'The organization has no audience with this id.',
  },
  tags: [tags.audiences],
  params: IdParams,
  body: AudienceContactsRequest,
  response: { 200: RemovedContacts },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

/** `/audiences/:id/contacts`: who is in an audience. */
export const audienceContactRoutes =
  ({ database }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/audiences/:id/contacts', { schema: ListAudienceContacts, config: read }, async ({ identity, params: { id }, query }) => {
      const { page, limit } = query
      const { size } = await existingAudience(database.orm, identity.organizationId, id)
      const rows = await listAudienceContacts(database.orm, identity.organizationId, id, page, limit)
      return { data: rows.map(toContact), meta: paginationMeta(page, limit, size) }
    })

    app.post('/audiences/:id/contacts', { schema: AddAudienceContacts, config: change }, async ({ identity, params: { id }, body }) =>
      changeMembers(identity.organizationId, id, async (tx) => {
        const { known, added } = await addAudienceContacts(tx, identity.organizationId, id, body.contactIds)
        const unknown = body.contactIds.flatMap((contactId, index) => (known.has(contactId.toLowerCase()) ? [] : [index]))
        if (unknown.length > 0) {
          throw invalidFields(
            unknown.map((index) => ({ pointer: `/contactIds/${index}`, message: 'is not a contact of the organization' })),
          )
        }
        return { added }
      }),
    )

    app.delete('/audiences/:id/contacts', { schema: RemoveAudienceContacts, config: change }, async ({ identity, params: { id }, body }) =>
      changeMembers(identity.organizationId, id, async (tx) => ({ removed: await removeAudienceContacts(tx, id, body.contactIds) })),
    )

    /** Changes the members of an audience, which cannot be deleted meanwhile. Returns what `work` did, and the size after it. */
    function changeMembers<T>(organizationId: string, id: string, work: (tx: Tx) => Promise<T>): Promise<T & { size: number }> {
      return database.transaction(async (tx) => {
        if (!(await holdAudience(tx, organizationId, id))) throw audienceNotFound(id)
        const done = await work(tx)
        const { size } = await existingAudience(tx.orm, organizationId, id)
        return { ...done, size }
      })
    }
  }
