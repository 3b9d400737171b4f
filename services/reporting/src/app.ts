import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { httpRoutes } from './http/routes.ts'
import { orchestrator } from './orchestrator.ts'
import { programApi } from './program-api.ts'
import { preparePartitions } from './read-models/partitions.ts'
import * as registry from './read-models/registry.ts'

/** Real time. Partitions are made two months ahead, so hundreds of rounds in a row may fail. */
const partitionsEveryMs = 3_600_000

/** The reporting service: fills its read models from three streams and answers the reports. */
export async function buildApp(
  deps: ServiceDeps,
  { readModels, serving }: Pick<typeof registry, 'readModels' | 'serving'> = registry,
): Promise<HttpApp> {
  const { database, clock } = deps

  // Rows without a partition of their own go to the default one, so the service also starts if this fails.
  const partitions = deps.every({
    name: 'prepare partitions',
    intervalMs: partitionsEveryMs,
    work: () => preparePartitions(database, readModels, clock.now()),
    startsNow: true,
  })
  await partitions.firstRun

  for (const { projection } of readModels) deps.project(projection)

  const app = await createHttpApp({ ...deps, title: 'Reporting' })
  await app.register(httpRoutes({ ...deps, serving, orchestrator: orchestrator(deps.nats), programApi: programApi(deps.nats) }))
  return app
}
