import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { accountRoutes } from './account.ts'
import { ledgerRoutes } from './ledger.ts'
import { rateCardRoutes } from './rate-card.ts'

/** All routes of the service. */
export const httpRoutes =
  (deps: Pick<ServiceDeps, 'database' | 'clock' | 'outbox'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    for (const routes of [accountRoutes, ledgerRoutes, rateCardRoutes]) await app.register(routes(deps))
  }
