import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { httpRoutes } from './http/routes.ts'
import { executionsProjection } from './projections/executions.ts'
import { triggersProjection } from './projections/triggers.ts'
import { answerQuestions } from './questions.ts'
import { cancelEndedTriggers, seedTriggers, tellDueTriggers } from './triggers/trigger-work.ts'

/** Real time. */
const triggersEveryMs = 250
const cancelEveryMs = 1_000

/** The service: its routes, the questions that it answers, the events that it follows. */
export async function buildApp(deps: ServiceDeps): Promise<HttpApp> {
  const { logger, metrics, auth, ready } = deps
  const app = await createHttpApp({ title: 'Contacts, audiences, flows, DIDs and programs', logger, metrics, auth, ready })
  await app.register(httpRoutes(deps))
  answerQuestions(deps)
  deps.project(executionsProjection)
  deps.project(triggersProjection)
  deps.every({ name: 'seed triggers', intervalMs: triggersEveryMs, work: () => seedTriggers(deps) })
  deps.every({ name: 'tell due triggers', intervalMs: triggersEveryMs, work: () => tellDueTriggers(deps) })
  deps.every({ name: 'cancel triggers of ended executions', intervalMs: cancelEveryMs, work: () => cancelEndedTriggers(deps) })
  return app
}
