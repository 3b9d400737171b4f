import { ExecutionResponse, UpdateExecutionRequest } from '@carillon/contracts/execution'
import { AddExecutionContactsRequest, AddedExecutionContacts, ExecutionContact } from '@carillon/contracts/execution-contact'
import { fromIso } from '@carillon/contracts/instant'
import { IdParams } from '@carillon/contracts/request'
import { described, Uuid } from '@carillon/contracts/scalars'
import { tags } from '@carillon/contracts/tags'
import { DomainError, invalidField, invalidFields } from '@carillon/service-kit/domain/domain-error'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { Contact } from '../domain/contact.ts'
import { type Commanded, callNow, checkLive, contactsJoin, skipContact } from '../domain/contact-commands.ts'
import { zoning } from '../domain/contact-hours.ts'
import { changeSettings, type ExecutionState, isLive, type SettingsChange } from '../domain/execution.ts'
import { changedEvent, contactsChangedEvent } from '../domain/execution-messages.ts'
import { findExecutionContact } from '../store/execution-contact-list.ts'
import { loadContacts, writeContacts } from '../store/execution-contacts.ts'
import { joinContacts } from '../store/joining-contacts.ts'
import { executionCommands } from './execution-commands.ts'
import { toExecutionContact } from './execution-contacts.ts'
import { toExecutionResponse } from './execution-response.ts'
import type { RouteDeps } from './route-deps.ts'

const noExecution = { ExecutionNotFoundError: 'The organization has no execution with this id.' }
const ended = { InvalidExecutionStateError: 'The execution has ended already.' }
const common = { tags: [tags.executions], params: IdParams }

const UpdateExecution = {
  operationId: 'updateExecution',
  summary: 'Change how fast an execution calls, or when it stops',
  description:
    'It counts from now on: calls that are ordered or go on stay. What is not sent keeps its value. The DIDs of an execution are those of its program: change them there.',
  errors: { ...noExecution, ...ended, ValidationError: 'This includes a `stopAt` that is not ahead.' },
  ...common,
  body: UpdateExecutionRequest,
  response: { 200: ExecutionResponse },
}
const AddContacts = {
  operationId: 'addExecutionContacts',
  summary: 'Add contacts to an execution',
  description:
    'They are called as the others are, with their name, number and attributes as they are now. A contact that is in the execution already stays as it is. If one of the ids is not a contact of the organization, none is added. They do not join the audience.',
  errors: {
    ...noExecution,
    ...ended,
    BadRequestException: 'The execution is one of a live program: its contacts join when their date comes.',
    ValidationError: 'This includes an id that is not a contact of the organization.',
  },
  ...common,
  body: AddExecutionContactsRequest,
  response: { 200: AddedExecutionContacts },
}
const contactCommand = {
  errors: {
    ...noExecution,
    ...ended,
    ContactNotFoundError: 'The contact is not in the execution.',
    ContactInCallError: 'The contact does not wait: it is being called, or it is done.',
  },
  tags: [tags.executions],
  params: Type.Object({ ...IdParams.properties, contactId: described(Uuid, 'The contact’s id, a UUID') }),
  response: { 200: ExecutionContact },
}
const SkipContact = {
  operationId: 'skipExecutionContact',
  summary: 'Skip a contact of an execution',
  description: 'A contact that waits for a call is `skipped`: this execution does not call it any more.',
  ...contactCommand,
}
const CallContactNow = {
  operationId: 'callExecutionContactNow',
  summary: 'Call a contact of an execution now',
  description:
    'A contact that waits for a call is due at once, whatever its retry strategy says. Pauses, calling hours and pacing still count, and the call is one of its attempts.',
  ...contactCommand,
}

const change = { role: 'admin' } as const

/** What an operator changes of an execution that goes on. */
export const executionChangeRoutes =
  (routeDeps: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { deps, api, defaultMaxConcurrentCalls } = routeDeps
    const { database } = deps
    const carryOut = executionCommands(routeDeps)

    app.patch('/program-executions/:id', { schema: UpdateExecution, config: change }, async (request) => {
      const settings = settingsIn(request.body, defaultMaxConcurrentCalls)
      const execution = await carryOut(request, request.params.id, (_tx, before, nowMs) => {
        const { plan, state } = changeSettings(before, settings, nowMs)
        return { plan, state, events: [changedEvent(plan, state, nowMs, request.id)] }
      })
      return toExecutionResponse(execution)
    })

    app.post('/program-executions/:id/contacts', { schema: AddContacts, config: change }, async (request) => {
      const { identity, body, params } = request
      const ids = body.contactIds.map((id) => id.toLowerCase())
      const found = new Map((await api.contacts(identity, ids)).map((contact) => [contact.id, contact]))
      const unknown = ids.flatMap((id, index) => (found.has(id) ? [] : [index]))
      if (unknown.length > 0) {
        throw invalidFields(unknown.map((index) => ({ pointer: `/contactIds/${index}`, message: 'is not a contact of the organization' })))
      }
      let added = 0
      const execution = await carryOut(request, params.id, async (tx, { plan, state }, nowMs) => {
        if (plan.triggerCondition !== null) throw new DomainError('invalid', 'BadRequestException', 'Program is in live mode')
        checkLive(state)
        const zoneOf = zoning(plan.callingHours)
        const joining = [...found.values()].map((contact) => ({ ...contact, zone: zoneOf(contact.phone) }))
        const joined = await joinContacts(tx, plan.id, joining, nowMs)
        added = joined.length
        const after = contactsJoin(state, joined, nowMs)
        const zones = [...new Set([...plan.zones, ...joining.map(({ zone }) => zone)])]
        const totalContacts = plan.totalContacts + added
        return { plan: { ...plan, zones, totalContacts }, state: after.state, events: eventsOf(plan, after, nowMs, request) }
      })
      return { added, totalContacts: execution.plan.totalContacts }
    })

    const oneContact =
      (command: (state: ExecutionState, contactId: string, contact: Contact, nowMs: number) => Commanded) =>
      async (request: FastifyRequest<{ Params: { id: string; contactId: string } }>) => {
        const { id } = request.params
        const contactId = request.params.contactId.toLowerCase()
        const { state } = await carryOut(request, id, async (tx, { plan, state: before }, nowMs) => {
          const contact = (await loadContacts(tx, [{ executionId: id, contactId }])).get(plan.id)?.get(contactId)
          if (!contact) throw contactNotFound()
          const after = command(before, contactId, contact, nowMs)
          const writes = after.changes.map((changed) => ({ ...changed, executionId: id, didNumber: null, orderNotAfterMs: null }))
          await writeContacts(tx, writes)
          return { state: after.state, events: eventsOf(plan, after, nowMs, request) }
        })
        const row = await findExecutionContact(database.orm, id, contactId)
        if (!row) throw contactNotFound()
        return toExecutionContact(row, isLive(state))
      }
    const path = '/program-executions/:id/contacts/:contactId'
    app.post(`${path}/skip`, { schema: SkipContact, config: change }, oneContact(skipContact))
    app.post(`${path}/call-now`, { schema: CallContactNow, config: change }, oneContact(callNow))
  }

function eventsOf(plan: Parameters<typeof contactsChangedEvent>[0], { state, changes }: Commanded, nowMs: number, { id }: FastifyRequest) {
  return changes.length === 0 ? [] : [contactsChangedEvent(plan, state, changes, [], nowMs, id)]
}

function settingsIn({ pacing, stopAt }: UpdateExecutionRequest, defaultMaxConcurrentCalls: number): SettingsChange {
  const stopAtMs = stopAt ? fromIso(stopAt) : null
  if (Number.isNaN(stopAtMs)) throw invalidField('/stopAt', 'is not an instant')
  return {
    ...(pacing?.maxConcurrentCalls === undefined ? {} : { maxConcurrentCalls: pacing.maxConcurrentCalls ?? defaultMaxConcurrentCalls }),
    ...(pacing?.callsPerSecond === undefined ? {} : { callsPerSecond: pacing.callsPerSecond }),
    ...(stopAt === undefined ? {} : { scheduledStopAtMs: stopAtMs }),
  }
}

const contactNotFound = () => new DomainError('not_found', 'ContactNotFoundError', 'The contact is not in the execution')
