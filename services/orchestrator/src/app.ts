import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { OrchestratorConfig } from './config.ts'
import { DidPools } from './dispatch/did-pools.ts'
import { dispatchMetrics } from './dispatch/dispatch-metrics.ts'
import { Lanes } from './dispatch/lanes.ts'
import { UnsettledExecutions } from './dispatch/unsettled-executions.ts'
import { executionRoutes } from './http/executions.ts'
import { launchRoute } from './http/launch.ts'
import type { RouteDeps } from './http/route-deps.ts'
import { programApi } from './program-api.ts'
import { callsProjection } from './projections/calls.ts'

/** The orchestrator: its lanes at work, and its HTTP side, not yet listening. */
export async function buildApp(deps: ServiceDeps, config: OrchestratorConfig): Promise<HttpApp> {
  const api = programApi({ url: config.PROGRAM_API_URL, nats: deps.nats, auth: deps.auth })
  const unsettled = new UnsettledExecutions(deps.database, deps.logger)
  await unsettled.start()
  deps.onStop(() => unsettled.stop())
  const pools = new DidPools(api, deps.logger)
  const metrics = dispatchMetrics(deps.metrics)
  const lanes = new Lanes({ deps, pools, metrics, orderValidityMs: config.ORDER_VALIDITY_MS }, unsettled)
  const calls = deps.project(callsProjection(lanes))

  const app = await createHttpApp({
    title: 'Executions',
    logger: deps.logger,
    metrics: deps.metrics,
    auth: deps.auth,
    ready: deps.ready,
  })
  const routeDeps: RouteDeps = {
    deps,
    api,
    defaultMaxConcurrentCalls: config.DEFAULT_MAX_CONCURRENT_CALLS,
    changed({ plan, state }) {
      unsettled.tell({ id: plan.id, lane: plan.lane, revision: state.revision })
      calls.wake(plan.lane)
    },
  }
  await app.register(launchRoute(routeDeps))
  await app.register(executionRoutes(routeDeps))
  return app
}
