import { httpRoutes as billingRoutes } from '@carillon/billing/http/routes'
import type { ServiceName } from '@carillon/contracts/services'
import { publicDocument } from '@carillon/gateway/domain/openapi'
import { upstreamOf } from '@carillon/gateway/domain/public-routes'
import { httpRoutes as gatewayRoutes } from '@carillon/gateway/http/routes'
import { httpRoutes as orchestratorRoutes } from '@carillon/orchestrator/http/routes'
import { httpRoutes as programRoutes } from '@carillon/program-api/http/routes'
import { httpRoutes as reportingRoutes } from '@carillon/reporting/http/routes'
import { createHttpApp } from '@carillon/service-kit/http/app'
import { internalAuth } from '@carillon/service-kit/http/internal-auth'
import { createLogger } from '@carillon/service-kit/process/logger'
import { createMetrics } from '@carillon/service-kit/process/metrics'
import type { FastifyPluginAsync } from 'fastify'
import type { OpenApi } from './openapi.ts'

type PartName = Exclude<ServiceName, 'dialer-bridge'>

const nothing = () => undefined

/** The routes of every service that has public ones. Their handlers never run here, so what they are built from is never used. */
const routesOf: Record<PartName, () => FastifyPluginAsync> = {
  'program-api': () => programRoutes(unused()),
  orchestrator: () => orchestratorRoutes(unused({ deps: unused({ every: nothing }) })),
  reporting: () => reportingRoutes(unused({ metrics: createMetrics('reporting'), every: nothing })),
  billing: () => billingRoutes(unused()),
  gateway: () => gatewayRoutes(unused()),
}

/** The document that a running gateway serves at `/openapi.json`, made from the routes alone: no server, no database, no process. */
export async function apiDocument(): Promise<OpenApi> {
  const parts = await Promise.all(
    (Object.keys(routesOf) as PartName[]).map(async (service) => ({
      service,
      part: await partOf(service, routesOf[service]()),
      answers: (path: string) => (upstreamOf(path) ?? 'gateway') === service,
    })),
  )
  return publicDocument({ parts, missing: [] }) as unknown as OpenApi
}

async function partOf(service: PartName, routes: FastifyPluginAsync) {
  const app = await createHttpApp({
    title: service,
    logger: createLogger(service, 'silent'),
    metrics: createMetrics(service),
    auth: internalAuth('never used: no request arrives', Date.now),
    ready: async () => undefined,
  })
  await app.register(routes)
  const answer = await app.inject('/openapi.json')
  await app.close()
  if (answer.statusCode !== 200) throw new Error(`${service} has no document: ${answer.body}`)
  return answer.json()
}

/** A stand-in for any dependency: it may be taken apart, but not be called. `real` are those that routes use while they are registered. */
function unused<T>(real: object = {}): T {
  const target = () => {
    throw new Error('a document is made without calling anything')
  }
  return new Proxy(target, { get: (_, key) => (key === 'then' ? undefined : (Reflect.get(real, key) ?? unused())) }) as T
}
