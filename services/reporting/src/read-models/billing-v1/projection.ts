import { CallRated } from '@carillon/contracts/billing-events'
import { callSubjectOf } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { foldRatings } from '../../domain/billing.ts'
import { addRatings } from './call-costs.ts'
import { addExecutionBilling, addNodeTypeBilling } from './execution-billing.ts'

/** What calls and executions cost. A rating may come long before or after the events of its call; neither waits for the other. */
export const billingProjection: Projection<CallRated> = {
  name: 'billing-v1',
  stream: 'BILLING',
  gatherMs: 500,
  types: 'call.rated',
  schemas: [CallRated],
  subjectOf: callSubjectOf,
  async apply(tx, _lane, events) {
    const ratings = new Map(events.map((event) => [event.data.callId, event]))
    const added = await addRatings(tx, [...ratings.values()])
    const { executions, nodeTypes } = foldRatings([...ratings.values()].filter(({ data }) => added.has(data.callId)))
    await addExecutionBilling(tx, executions)
    await addNodeTypeBilling(tx, nodeTypes)
  },
}
