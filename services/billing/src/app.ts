import { createHttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { accountRoutes } from './http/account.ts'
import { ledgerRoutes } from './http/ledger.ts'
import { rateCardRoutes } from './http/rate-card.ts'
import { billingMetrics } from './metrics.ts'
import { callsProjection } from './projections/calls.ts'
import { answerQuestions } from './questions.ts'
import { forgetOldUncharged } from './store/uncharged-call.ts'

/** Real time. */
const forgettingEveryMs = 3_600_000

/** The billing service: rates calls and answers `/billing`. */
export async function buildApp(deps: ServiceDeps) {
  const metrics = billingMetrics(deps.metrics, deps.database)
  deps.project(callsProjection({ clock: deps.clock, outbox: deps.outbox, metrics }))

  answerQuestions(deps)
  deps.every({ name: 'forget old uncharged calls', intervalMs: forgettingEveryMs, work: () => forgetOldUncharged(deps.database) })

  const app = await createHttpApp({ title: 'Billing', rowSecurity: true, ...deps })
  await app.register(rateCardRoutes(deps))
  await app.register(accountRoutes(deps))
  await app.register(ledgerRoutes(deps))
  return app
}
