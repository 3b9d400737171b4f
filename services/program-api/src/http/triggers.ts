import { ContactTrigger, ListTriggersQuery } from '@carillon/contracts/contact-trigger'
import { toIso } from '@carillon/contracts/instant'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { plainList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { programNotFound } from '../domain/not-found.ts'
import { type ContactTriggerRow, listTriggers, triggerOrder } from '../store/contact-triggers.ts'
import { findProgram } from '../store/programs.ts'

const ListTriggers = {
  operationId: 'listProgramTriggers',
  summary: 'List the triggers of a live program',
  description:
    'When each contact is called, and what became of it. They are made moments after the launch, and follow every change of a contact until the execution ends.',
  errors: {
    ProgramNotFoundError: 'The organization has no program with this id.',
    BadRequestException: 'The program is not in live mode.',
  },
  tags: [tags.programs],
  params: IdParams,
  querystring: ListTriggersQuery,
  response: { 200: Type.Array(ContactTrigger) },
}

/** `/programs/:id/triggers` */
export const triggerRoutes =
  ({ database }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/programs/:id/triggers', { schema: ListTriggers, config: { role: 'supervisor' } }, async (request, reply) => {
      const { identity, params, query } = request
      const list = plainList(request, reply, triggerOrder)
      const program = await findProgram(database.orm, identity.organizationId, params.id)
      if (!program) throw programNotFound(params.id)
      if (program.mode !== 'live') throw new DomainError('invalid', 'BadRequestException', 'Program is not in live mode')
      const triggers = await listTriggers(database.orm, program.id, query.status, list.slice)
      return list.rows(triggers).map(toContactTrigger)
    })
  }

function toContactTrigger(row: ContactTriggerRow): ContactTrigger {
  const { id, contactId, contactName, contactPhone, triggerAt, attributeValue, status, triggeredAt, createdAt } = row
  return {
    id,
    contactId,
    contactName,
    contactPhone,
    triggerAt: toIso(triggerAt.getTime()),
    attributeValue,
    status,
    triggeredAt: triggeredAt === null ? null : toIso(triggeredAt.getTime()),
    createdAt: toIso(createdAt.getTime()),
  }
}
