import { CallRated } from '@carillon/contracts/billing-events'
import { callSubjectOf } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { changesOfRatings, placeRatings } from '../../domain/cost-figures.ts'
import { logEnds } from '../figure-log.ts'
import { addRatings } from './call-costs.ts'
import { addFigures } from './cost-figures.ts'
import { costFigures } from './schema.ts'

/** What calls and executions cost. A rating may come long before or after the events of its call; neither waits for the other. */
export const billingProjection: Projection<CallRated> = {
  name: 'billing-v1',
  stream: 'BILLING',
  gatherMs: 500,
  types: 'call.rated',
  schemas: [CallRated],
  subjectOf: callSubjectOf,
  async apply(tx, _lane, events) {
    const executionIds = new Set(events.flatMap(({ data }) => (data.executionId === null ? [] : [data.executionId])))
    const ends = await logEnds(tx, costFigures, [...executionIds])
    const ratings = placeRatings(events, ends)
    const added = await addRatings(tx, ratings)
    await addFigures(
      tx,
      ends,
      changesOfRatings(
        ratings.filter(({ data }) => added.has(data.callId)),
        ends,
      ),
    )
  },
}
