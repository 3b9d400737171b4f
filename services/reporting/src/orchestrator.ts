import type { ExecutionLaunched } from '@carillon/contracts/program-events'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'
import type { JobProgress } from './domain/job.ts'

/** What reporting asks of the orchestrator. */
export interface Orchestrator {
  /** The launch of an execution of the organization, or undefined if it has none with that id. Rejects if no answer comes in time. */
  launchOf(organizationId: string, executionId: string): Promise<ExecutionLaunched | undefined>
  /** How far a job of the organization has come, or undefined if the orchestrator has none with that id. Rejects if no answer comes in time. */
  jobOf(organizationId: string, jobId: string): Promise<JobProgress | undefined>
}

const timeoutMs = 2_000

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not_found') return undefined
    throw error
  }
}

export function orchestrator(nats: NatsConnection): Orchestrator {
  return {
    async launchOf(organizationId, executionId) {
      const answer = await unlessMissing(ask(nats, questions.executionAtLaunch, { organizationId, executionId }, timeoutMs))
      return answer?.launched
    },
    jobOf: (organizationId, jobId) => unlessMissing(ask(nats, questions.job, { organizationId, jobId }, timeoutMs)),
  }
}
