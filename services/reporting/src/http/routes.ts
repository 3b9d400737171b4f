import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ProgramApi } from '../program-api.ts'
import { callReportRoutes } from './call-reports.ts'
import { callsExportRoutes } from './calls-export.ts'
import { type CutDeps, cutAnswers } from './cut-answers.ts'
import { type JobReportDeps, jobReportRoutes } from './job-reports.ts'
import { metricsCatalogRoutes } from './metrics-catalog.ts'
import { reportStreamRoutes } from './report-stream.ts'
import { reportRoutes } from './reports.ts'
import { segmentRoutes } from './segments.ts'
import { summaryExportRoutes } from './summary-export.ts'
import { timelineRoutes } from './timeline.ts'

/** All routes of the service. */
export const httpRoutes =
  (deps: CutDeps & JobReportDeps & Pick<ServiceDeps, 'every'> & { programApi: ProgramApi }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { serving } = deps
    const answers = cutAnswers(deps)
    await app.register(reportRoutes({ answers, serving }))
    await app.register(reportStreamRoutes({ answers, serving, every: deps.every, logger: deps.logger }))
    await app.register(summaryExportRoutes({ answers, serving }))
    await app.register(callsExportRoutes({ ...deps, answers }))
    await app.register(timelineRoutes({ answers, serving }))
    await app.register(segmentRoutes({ answers, serving }))
    await app.register(callReportRoutes(deps))
    await app.register(jobReportRoutes(deps))
    await app.register(metricsCatalogRoutes)
  }
