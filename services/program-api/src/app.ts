import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { httpRoutes } from './http/routes.ts'
import { executionsProjection } from './projections/executions.ts'
import { answerQuestions } from './questions.ts'

/** The service: its routes, the questions that it answers, the events that it follows. */
export async function buildApp(deps: ServiceDeps): Promise<HttpApp> {
  const { logger, metrics, auth, ready } = deps
  const app = await createHttpApp({ title: 'Contacts, audiences, flows, DIDs and programs', logger, metrics, auth, ready })
  await app.register(httpRoutes(deps))
  answerQuestions(deps)
  deps.project(executionsProjection)
  return app
}
