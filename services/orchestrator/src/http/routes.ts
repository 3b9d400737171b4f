import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callRequestRoutes } from './call-requests.ts'
import { executionChangeRoutes } from './execution-changes.ts'
import { executionContactRoutes } from './execution-contacts.ts'
import { executionRoutes } from './executions.ts'
import { executionsStreamRoutes } from './executions-stream.ts'
import { launchRoute } from './launch.ts'
import type { RouteDeps } from './route-deps.ts'
import { scheduleRoutes } from './schedule.ts'

/** All routes of the service. */
export const httpRoutes =
  (routeDeps: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const all = [
      launchRoute,
      executionRoutes,
      executionsStreamRoutes,
      executionChangeRoutes,
      executionContactRoutes,
      scheduleRoutes,
      callRequestRoutes,
    ]
    for (const routes of all) await app.register(routes(routeDeps))
  }
