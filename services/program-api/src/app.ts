import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { audienceContactRoutes } from './http/audience-contacts.ts'
import { audienceSnapshotRoutes } from './http/audience-snapshot.ts'
import { audienceRoutes } from './http/audiences.ts'
import { contactImportRoutes } from './http/contact-imports.ts'
import { contactRoutes } from './http/contacts.ts'
import { customAttributeRoutes } from './http/custom-attributes.ts'
import { didRoutes } from './http/dids.ts'
import { flowVersionRoutes } from './http/flow-versions.ts'
import { flowRoutes } from './http/flows.ts'
import { programRoutes } from './http/programs.ts'
import { executionsProjection } from './projections/executions.ts'
import { answerQuestions } from './questions.ts'

/** The service: its routes, the questions that it answers, the events that it follows. */
export async function buildApp(deps: ServiceDeps): Promise<HttpApp> {
  const { logger, metrics, auth, ready } = deps
  const app = await createHttpApp({ title: 'Contacts, audiences, flows, DIDs and programs', logger, metrics, auth, ready })
  const resources = [
    contactRoutes,
    contactImportRoutes,
    customAttributeRoutes,
    audienceRoutes,
    audienceContactRoutes,
    audienceSnapshotRoutes,
    flowRoutes,
    flowVersionRoutes,
    didRoutes,
    programRoutes,
  ]
  for (const routes of resources) await app.register(routes(deps))
  answerQuestions(deps)
  deps.project(executionsProjection)
  return app
}
