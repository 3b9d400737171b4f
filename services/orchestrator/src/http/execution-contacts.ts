import type { ContactStatus } from '@carillon/contracts/execution'
import { type ExecutionContact, ExecutionContactPage, ExecutionContactsQuery } from '@carillon/contracts/execution-contact'
import { toIso } from '@carillon/contracts/instant'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { countIn, storedAs } from '../domain/contact-counts.ts'
import { isLive } from '../domain/execution.ts'
import { executionNotFound } from '../domain/not-found.ts'
import {
  type ContactFilter,
  countExecutionContacts,
  executionContactOrder,
  type ListedContact,
  listExecutionContacts,
} from '../store/execution-contact-list.ts'
import { findExecution } from '../store/executions.ts'
import type { RouteDeps } from './route-deps.ts'

const ListContacts = {
  operationId: 'listExecutionContacts',
  summary: 'List the contacts of an execution',
  description:
    'Each contact as it was at the launch, with its status, its attempts and when it may be called next. In the order of their ids.',
  errors: { ExecutionNotFoundError: 'The organization has no execution with this id.' },
  tags: [tags.executions],
  params: IdParams,
  querystring: ExecutionContactsQuery,
  response: { 200: ExecutionContactPage },
}

/** `/program-executions/:id/contacts`: who is called, and how far each has come. */
export const executionContactRoutes =
  ({ deps: { database } }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/program-executions/:id/contacts', { schema: ListContacts, config: { role: 'supervisor' } }, (request, reply) => {
      const { id } = request.params
      const { search } = request.query
      const status = request.query.status as ContactStatus | undefined
      const list = pagedList(request, reply, executionContactOrder)
      return database.snapshot(async ({ orm }) => {
        const execution = await findExecution(orm, request.identity.organizationId, id)
        if (!execution) throw executionNotFound()
        const { plan, state } = execution
        const filter: ContactFilter = { search, statuses: status === undefined ? undefined : storedAs(status, isLive(state)) }
        const contacts = await listExecutionContacts(orm, id, filter, list.slice)
        const counted = status === undefined ? plan.totalContacts : countIn(state.counts, status)
        const total = search === undefined ? counted : await countExecutionContacts(orm, id, filter)
        return list.answer(contacts, total, (contact) => toExecutionContact(contact, isLive(state)))
      })
    })
  }

/** A contact as it is answered. When an execution has ended, a contact whose row still waits counts as skipped. */
export function toExecutionContact(contact: ListedContact, isLive: boolean): ExecutionContact {
  const { contactId, phone, firstName, lastName, attempt, callId, didNumber, skipReason } = contact
  const isSkipped = !isLive && contact.dueAt !== null
  return {
    contactId,
    phone,
    firstName,
    lastName,
    status: isSkipped ? 'skipped' : contact.status,
    skipReason: isSkipped ? 'execution_ended' : skipReason,
    attempts: attempt,
    dueAt: isSkipped || contact.dueAt === null ? null : toIso(contact.dueAt.getTime()),
    lastCallId: callId,
    from: didNumber,
  }
}
