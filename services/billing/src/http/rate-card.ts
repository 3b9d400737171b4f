import { RateCardHistory, RateCardInput, RateCardResponse } from '@carillon/contracts/billing'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { tags } from '@carillon/contracts/tags'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { nextCard, platformCard, ratesFrom } from '../domain/rate-card.ts'
import { insertCard, listCards, lockRateCard, newestCard, rateCardOrder } from '../store/rate-card.ts'
import { rateCardResponse } from './rate-card-response.ts'

const GetRateCard = {
  operationId: 'getRateCard',
  summary: 'Get the rate card',
  description: 'The rates for calls that start now. An organization without a card of its own has the platform’s, which is version 0.',
  tags: [tags.billing],
  response: { 200: RateCardResponse },
}
const PutRateCard = {
  operationId: 'setRateCard',
  summary: 'Replace the rate card',
  description:
    'Makes a new version for calls that start from now on. Calls in progress keep their card. The same rates as before make no new version. Node types without a rate are not billed.',
  errors: {
    ValidationError: 'This includes a `flat` rate with `minDurationMs` or `incrementMs`, and a rate with more than six decimals.',
  },
  tags: [tags.billing],
  body: RateCardInput,
  response: { 200: RateCardResponse },
}
const GetRateCardHistory = {
  operationId: 'listRateCards',
  summary: 'List the versions of the rate card',
  description: 'The newest first. The platform’s card, version 0, is not listed.',
  tags: [tags.billing],
  querystring: PaginationQuery,
  response: { 200: RateCardHistory },
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
