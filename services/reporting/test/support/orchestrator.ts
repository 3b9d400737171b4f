import type { ExecutionLaunched } from '@carillon/contracts/program-events'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { testOrganizationId } from '@carillon/testing/test-service'
import type { JobProgress } from '../../src/domain/job.ts'

/** A stand-in for the orchestrator: it knows the executions that were launched with it, each by its organization. */
export interface StandInOrchestrator {
  launched(event: ExecutionLaunched): void
  /** How far a job has come; undefined: it does not know the job. */
  tell(jobId: string, progress: JobProgress | undefined): void
  /** From now on it answers nothing about jobs. */
  forgetJobs(): Promise<void>
  close(): Promise<void>
}

export function standInOrchestrator({ nats, logger }: Pick<ServiceDeps, 'nats' | 'logger'>): StandInOrchestrator {
  const launches = new Map<string, ExecutionLaunched>()
  const close = answerQuestion(nats, questions.executionAtLaunch, logger, async ({ organizationId, executionId }) => {
    const launched = launches.get(executionId)
    if (launched?.organizationId !== organizationId) throw new DomainError('not_found', 'ExecutionNotFoundError', 'Execution not found')
    return { launched }
  })
  const jobs = new Map<string, JobProgress>()
  const closeJobs = answerQuestion(nats, questions.job, logger, async ({ organizationId, jobId }) => {
    const progress = organizationId === testOrganizationId ? jobs.get(jobId) : undefined
    if (!progress) throw new DomainError('not_found', 'JobNotFoundError', 'Job not found')
    return progress
  })
  let answersJobs = true
  async function forgetJobs(): Promise<void> {
    if (answersJobs) await closeJobs()
    answersJobs = false
  }
  return {
    launched: (event) => launches.set(event.data.executionId, event),
    tell(jobId, progress) {
      if (progress) jobs.set(jobId, progress)
      else jobs.delete(jobId)
    },
    forgetJobs,
    async close() {
      await close()
      await forgetJobs()
    },
  }
}
