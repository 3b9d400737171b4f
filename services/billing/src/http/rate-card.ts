import { RateCardHistory, RateCardInput, RateCardResponse } from '@carillon/contracts/billing'
import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { tags } from '@carillon/contracts/tags'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { nextCard, platformCard, ratesFrom } from '../domain/rate-card.ts'
import { insertCard, listCards, lockRateCard, newestCard, rateCardOrder } from '../store/rate-card.ts'
import { rateCardResponse } from './rate-card-response.ts'

const GetRateCard = {
  tags: [tags.billing],
  summary: 'The rate card for calls that start now',
  response: { 200: RateCardResponse },
}
const PutRateCard = {
  tags: [tags.billing],
  summary: 'Replace the rate card for calls that start from now on. Calls in progress keep their card',
  body: RateCardInput,
  response: { 200: RateCardResponse, 400: ErrorBody },
}
const GetRateCardHistory = {
  tags: [tags.billing],
  summary: 'All versions of the rate card, newest first',
  querystring: PaginationQuery,
  response: { 200: RateCardHistory, 400: ErrorBody },
}

export const rateCardRoutes =
  ({ database, clock }: Pick<ServiceDeps, 'database' | 'clock'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/billing/rate-card', { schema: GetRateCard, config: { role: 'supervisor' } }, async ({ identity }) => {
      const card = await newestCard(database.orm, identity.organizationId)
      return rateCardResponse(identity.organizationId, card ?? platformCard)
    })

    app.put(
      '/billing/rate-card',
      { schema: PutRateCard, config: { role: 'platform_admin', liveOnly: true } },
      async ({ identity, body }) => {
        const { organizationId } = identity
        const rates = ratesFrom(body)
        return database.transaction(async (tx) => {
          await lockRateCard(tx, organizationId)
          const current = await newestCard(tx.orm, organizationId)
          const next = nextCard(current, rates, clock.now())
          if (next) await insertCard(tx, organizationId, next)
          return rateCardResponse(organizationId, next ?? current ?? platformCard)
        })
      },
    )

    app.get('/billing/rate-card/history', { schema: GetRateCardHistory, config: { role: 'supervisor' } }, async (request, reply) => {
      const { organizationId } = request.identity
      const list = pagedList(request, reply, rateCardOrder)
      const { cards, total } = await listCards(database.orm, organizationId, list.slice)
      return list.answer(cards, total, (card) => rateCardResponse(organizationId, card))
    })
  }
