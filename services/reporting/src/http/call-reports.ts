import { CallAttemptReport } from '@carillon/contracts/call-report'
import { described, Uuid } from '@carillon/contracts/scalars'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { storyOf } from '../domain/call-story.ts'
import type { Serving } from '../read-models/registry.ts'
import { callReportResponse } from './call-report-response.ts'

const GetCallReport = {
  operationId: 'getCallReport',
  summary: 'Get the report of a call',
  description:
    'One call with the path that it took through its flow, what happened on it, and what it cost, while it goes on and afterwards. ' +
    'The cost comes moments after the end, when the call is rated.',
  errors: { NotFoundException: 'The organization has no call with this id.' },
  tags: [tags.reports],
  params: Type.Object({ callId: described(Uuid, 'The call’s id, a UUID') }),
  response: { 200: CallAttemptReport },
}

export type CallReportDeps = Pick<ServiceDeps, 'database'> & { serving: Pick<Serving, 'calls' | 'billing'> }

/** Reports of one call. A call of another organization is answered like one that does not exist (contract rule 21). */
export const callReportRoutes =
  ({ database, serving: { calls, billing } }: CallReportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/call-report/calls/:callId', { config: { role: 'supervisor' }, schema: GetCallReport }, ({ identity, params: { callId } }) =>
      database.snapshot(async ({ orm }) => {
        const call = await calls.findCall(orm, identity.organizationId, callId)
        const events = await calls.eventsOfCalls(orm, [callId])
        const story = call && storyOf(events.get(callId) ?? [])
        if (!story) throw new DomainError('not_found', 'NotFoundException', 'Call not found')
        const bills = await billing.billsOfCalls(orm, [callId])
        return callReportResponse(call, story, bills.get(callId))
      }),
    )
  }
