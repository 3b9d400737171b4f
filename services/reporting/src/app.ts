import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { reportRoutes } from './http/reports.ts'
import { billingProjection } from './projections/billing.ts'
import { callsProjection } from './projections/calls.ts'
import { executionsProjection } from './projections/executions.ts'
import { preparePartitions } from './store/partitions.ts'

/** Real time. Two months are ready ahead, so that many rounds may fail. */
const partitionRoundMs = 3_600_000

/** The reporting service: follows three streams, answers reports. */
export async function buildApp(deps: ServiceDeps): Promise<HttpApp> {
  const { logger, database, clock } = deps

  const roundOfPartitions = async () => {
    try {
      await preparePartitions(database, clock.now())
    } catch (error) {
      // What has no partition of its own yet is kept in the default one.
      logger.warn({ err: error }, 'partitions not prepared')
    }
  }
  await roundOfPartitions()
  const timer = setInterval(roundOfPartitions, partitionRoundMs)
  deps.onStop(() => clearInterval(timer))

  deps.project(callsProjection)
  deps.project(executionsProjection)
  deps.project(billingProjection)

  const app = await createHttpApp({ ...deps, title: 'Reporting' })
  await app.register(reportRoutes(deps))
  return app
}
