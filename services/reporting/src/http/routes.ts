import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callReportRoutes } from './call-reports.ts'
import { type ReportDeps, reportRoutes } from './reports.ts'

/** All routes of the service. */
export const httpRoutes =
  (deps: ReportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(reportRoutes(deps))
    await app.register(callReportRoutes(deps))
  }
