import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { apiKeyRoutes } from './api-keys.ts'
import { organizationRoutes } from './organizations.ts'
import type { RouteDeps } from './route-deps.ts'

/** The gateway's own routes. All others are passed on. */
export const httpRoutes =
  (routeDeps: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    for (const routes of [organizationRoutes, apiKeyRoutes]) await app.register(routes(routeDeps))
  }
