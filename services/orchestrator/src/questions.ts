import { questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { launchState } from './domain/execution.ts'
import { launchedEvent } from './domain/execution-messages.ts'
import { statusOf } from './domain/job.ts'
import { executionNotFound, jobNotFound } from './domain/not-found.ts'
import { findJob } from './store/call-jobs.ts'
import { findExecution } from './store/executions.ts'

/** Answers the questions of other services until the service stops. */
export function answerQuestions({ database, nats, logger, onStop }: ServiceDeps): void {
  onStop(
    answerQuestion(nats, questions.executionAtLaunch, logger, async ({ organizationId, executionId }) => {
      const execution = await findExecution(database.orm, organizationId, executionId)
      if (!execution) throw executionNotFound()
      const { plan } = execution
      return { launched: launchedEvent(plan, launchState(plan, plan.createdAtMs), plan.createdAtMs, null) }
    }),
  )
  onStop(
    answerQuestion(nats, questions.job, logger, async ({ organizationId, jobId }) => {
      const job = await findJob(database.orm, organizationId, jobId)
      if (!job) throw jobNotFound()
      return { status: statusOf(job), failureReason: job.failureReason, attempts: job.contact.attempt }
    }),
  )
}
