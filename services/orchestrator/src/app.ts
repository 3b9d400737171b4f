import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { billing } from './billing.ts'
import type { OrchestratorConfig } from './config.ts'
import { didPools } from './dispatch/did-pools.ts'
import { dispatchMetrics } from './dispatch/dispatch-metrics.ts'
import { jobs } from './dispatch/jobs.ts'
import { lanes } from './dispatch/lanes.ts'
import { followUnsettled } from './dispatch/unsettled-executions.ts'
import type { RouteDeps } from './http/route-deps.ts'
import { httpRoutes } from './http/routes.ts'
import { organizations } from './organizations.ts'
import { programApi } from './program-api.ts'
import { balancesProjection } from './projections/balances.ts'
import { callsProjection } from './projections/calls.ts'
import { doNotCallProjection } from './projections/do-not-call.ts'
import { triggersProjection } from './projections/triggers.ts'
import { answerQuestions } from './questions.ts'
import { sweepJobs } from './store/call-jobs.ts'
import { sweepCountedRuns } from './store/counted-runs.ts'
import { sweepDncNumbers } from './store/dnc-numbers.ts'
import { sweepDueTriggers } from './store/due-triggers.ts'
import { sweepStagings } from './store/stagings.ts'

/** Real time. */
const sweepEveryMs = 5_000
/** After their end. Reporting keeps their calls as long as it keeps calls. */
const jobKeepDays = 90

/** The orchestrator: its lanes are working, its HTTP side does not listen yet. */
export async function buildApp(deps: ServiceDeps, config: OrchestratorConfig): Promise<HttpApp> {
  const api = programApi({ url: config.PROGRAM_API_URL, nats: deps.nats, auth: deps.auth })
  const accounts = billing(deps)
  const unsettled = await followUnsettled(deps)
  const round = {
    deps,
    pools: didPools(api, deps.logger),
    metrics: dispatchMetrics(deps.metrics),
    orderValidityMs: config.ORDER_VALIDITY_MS,
    newCallId: (nowMs: number) => uuidv7(nowMs),
  }
  answerQuestions(deps)
  const { orderValidityMs, newCallId } = round
  const callJobs = jobs({ deps, maxConcurrentCalls: config.JOB_MAX_CONCURRENT_CALLS, orderValidityMs, newCallId })
  const calls = deps.project(callsProjection(lanes(round, unsettled), callJobs))

  deps.project(balancesProjection)
  deps.project(triggersProjection)
  deps.project(doNotCallProjection)
  deps.every({ name: 'sweep counted runs', intervalMs: sweepEveryMs, work: () => sweepCountedRuns(deps.database) })
  deps.every({ name: 'sweep due triggers', intervalMs: sweepEveryMs, work: () => sweepDueTriggers(deps.database) })
  deps.every({ name: 'sweep do-not-call numbers', intervalMs: sweepEveryMs, work: () => sweepDncNumbers(deps.database) })
  deps.every({ name: 'sweep jobs', intervalMs: sweepEveryMs, work: () => sweepJobs(deps.database, jobKeepDays) })
  deps.every({ name: 'sweep stagings', intervalMs: sweepEveryMs, startsNow: true, work: () => sweepStagings(deps.database) })

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
    organizations: organizations(deps.nats),
    accounts,
    defaultMaxConcurrentCalls: config.DEFAULT_MAX_CONCURRENT_CALLS,
    jobAdded(queue, dueAtMs) {
      callJobs.added(queue, dueAtMs)
      calls.wake(queue.lane)
    },
    changed({ plan, state }) {
      unsettled.add({ id: plan.id, lane: plan.lane, revision: state.revision })
      calls.wake(plan.lane)
    },
  }
  await app.register(httpRoutes(routeDeps))
  return app
}
