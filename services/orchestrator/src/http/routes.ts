import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { executionContactRoutes } from './execution-contacts.ts'
import { executionRoutes } from './executions.ts'
import { launchRoute } from './launch.ts'
import type { RouteDeps } from './route-deps.ts'
import { scheduleRoutes } from './schedule.ts'

/** All routes of the service. */
export const httpRoutes =
  (routeDeps: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    for (const routes of [launchRoute, executionRoutes, executionContactRoutes, scheduleRoutes]) await app.register(routes(routeDeps))
  }
