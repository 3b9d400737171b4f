import { AddedContacts, AudienceContactsRequest, RemovedContacts } from '@carillon/contracts/audience'
import { ContactPage } from '@carillon/contracts/contact'
import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { audienceNotFound } from '../domain/not-found.ts'
import { addAudienceContacts, audienceContactOrder, listAudienceContacts, removeAudienceContacts } from '../store/audience-contacts.ts'
import { holdAudience } from '../store/audiences.ts'
import { existingAudience } from './audiences.ts'
import { toContact } from './contact-response.ts'

const ListAudienceContacts = {
  tags: [tags.audiences],
  summary: 'List the contacts of an audience, the newest contact first',
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: ContactPage, 400: ErrorBody, 404: ErrorBody },
}
const AddAudienceContacts = {
  tags: [tags.audiences],
  summary: 'Add contacts to an audience; contacts that are already in it stay',
  params: IdParams,
  body: AudienceContactsRequest,
  response: { 200: AddedContacts, 400: ErrorBody, 404: ErrorBody },
}
const RemoveAudienceContacts = {
  tags: [tags.audiences],
  summary: 'Remove contacts from an audience',
  params: IdParams,
  body: AudienceContactsRequest,
  response: { 200: RemovedContacts, 400: ErrorBody, 404: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

/** `/audiences/:id/contacts`: who is in an audience. */
export const audienceContactRoutes =
  ({ database }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/audiences/:id/contacts', { schema: ListAudienceContacts, config: read }, async (request, reply) => {
      const { organizationId } = request.identity
      const { id } = request.params
      const list = pagedList(request, reply, audienceContactOrder)
      const { size } = await existingAudience(database.orm, organizationId, id)
      const rows = await listAudienceContacts(database.orm, organizationId, id, list.slice)
      return list.answer(rows, size, toContact)
    })

    /** A route that changes the members of an audience, which cannot be deleted meanwhile. Answers with what `work` did, and the size after it. */
    function changing<Done extends object>(method: 'POST' | 'DELETE', schema: MembershipSchema, work: Membership<Done>): void {
      app.route({
        method,
        url: '/audiences/:id/contacts',
        schema,
        config: change,
        handler: ({ identity: { organizationId }, params: { id }, body: { contactIds } }) =>
          database.transaction(async (tx) => {
            if (!(await holdAudience(tx, organizationId, id))) throw audienceNotFound(id)
            const done = await work(tx, organizationId, id, contactIds)
            const { size } = await existingAudience(tx.orm, organizationId, id)
            return { ...done, size }
          }),
      })
    }
    changing('POST', AddAudienceContacts, addMembers)
    changing('DELETE', RemoveAudienceContacts, removeMembers)
  }

interface MembershipSchema {
  tags: string[]
  params: typeof IdParams
  body: typeof AudienceContactsRequest
}
type Membership<Done> = (tx: Tx, organizationId: string, audienceId: string, contactIds: readonly string[]) => Promise<Done>

async function addMembers(tx: Tx, organizationId: string, audienceId: string, contactIds: readonly string[]) {
  const { known, added } = await addAudienceContacts(tx, organizationId, audienceId, contactIds)
  const unknown = contactIds.flatMap((contactId, index) => (known.has(contactId.toLowerCase()) ? [] : [index]))
  if (unknown.length > 0) {
    throw invalidFields(unknown.map((index) => ({ pointer: `/contactIds/${index}`, message: 'is not a contact of the organization' })))
  }
  return { added }
}

async function removeMembers(tx: Tx, _organizationId: string, audienceId: string, contactIds: readonly string[]) {
  return { removed: await removeAudienceContacts(tx, audienceId, contactIds) }
}
