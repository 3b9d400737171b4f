import { JobReport } from '@carillon/contracts/call-report'
import { described, Uuid } from '@carillon/contracts/scalars'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { storyOf } from '../domain/call-story.ts'
import { type JobProgress, jobState } from '../domain/job.ts'
import type { Orchestrator } from '../orchestrator.ts'
import type { Serving } from '../read-models/registry.ts'
import { callReportResponse } from './call-report-response.ts'

const GetJobReport = {
  operationId: 'getJobReport',
  summary: 'Get the report of a job',
  description:
    'A job of `requestCall` with all its calls, while they go on and afterwards. It can be read from the moment at which the job was requested, and as long as its calls are stored.',
  errors: { NotFoundException: 'The organization has no job with this id, and no call of one.' },
  tags: [tags.reports],
  params: Type.Object({ jobId: described(Uuid, 'The job’s id, a UUID') }),
  response: { 200: JobReport },
}

export type JobReportDeps = Pick<ServiceDeps, 'database' | 'logger'> & {
  serving: Pick<Serving, 'calls' | 'billing'>
  orchestrator: Orchestrator
}

/** Reports of jobs. A job of another organization is answered like one that does not exist (contract rule 21). */
export const jobReportRoutes =
  ({ database, logger, orchestrator, serving: { calls, billing } }: JobReportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/call-report/jobs/:jobId',
      { config: { role: 'supervisor' }, schema: GetJobReport },
      async ({ identity, params: { jobId } }) => {
        const { organizationId } = identity
        // Asked first: what is read afterwards is at least as new, but for events on their way.
        const asked = await progressOf(organizationId, jobId)
        const attempts = await database.snapshot(async ({ orm }) => {
          const made = await calls.callsOfJob(orm, organizationId, jobId)
          const callIds = made.map(({ callId }) => callId)
          const events = await calls.eventsOfCalls(orm, callIds)
          const bills = await billing.billsOfCalls(orm, callIds)
          return made.flatMap((call) => {
            const story = storyOf(events.get(call.callId) ?? [])
            return story ? [callReportResponse(call, story, bills.get(call.callId))] : []
          })
        })
        if (attempts.length === 0) {
          if (asked.error) throw asked.error
          if (!asked.progress) throw new DomainError('not_found', 'NotFoundException', 'Job not found')
        }
        const { status, failureReason } = jobState(
          asked.progress,
          attempts.map(({ outcome }) => outcome),
        )
        const finalOutcome = attempts.at(-1)?.outcome ?? null
        return {
          jobId,
          status,
          ...(finalOutcome === null ? {} : { finalOutcome }),
          ...(failureReason === null ? {} : { failureReason }),
          attempts,
        }
      },
    )

    async function progressOf(organizationId: string, jobId: string): Promise<{ progress?: JobProgress | undefined; error?: unknown }> {
      try {
        return { progress: await orchestrator.jobOf(organizationId, jobId) }
      } catch (error) {
        logger.warn({ err: error, jobId }, 'the orchestrator did not tell of a job: its calls alone say how it went')
        return { error }
      }
    }
  }
