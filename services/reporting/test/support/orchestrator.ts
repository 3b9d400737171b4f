import type { ExecutionLaunched } from '@carillon/contracts/program-events'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'

/** A stand-in for the orchestrator: it knows the executions that were launched with it, each by its organization. */
export interface StandInOrchestrator {
  launched(event: ExecutionLaunched): void
  close(): Promise<void>
}

export function standInOrchestrator({ nats, logger }: Pick<ServiceDeps, 'nats' | 'logger'>): StandInOrchestrator {
  const launches = new Map<string, ExecutionLaunched>()
  const close = answerQuestion(nats, questions.executionAtLaunch, logger, async ({ organizationId, executionId }) => {
    const launched = launches.get(executionId)
    if (launched?.organizationId !== organizationId) throw new DomainError('not_found', 'ExecutionNotFoundError', 'Execution not found')
    return { launched }
  })
  return { launched: (event) => launches.set(event.data.executionId, event), close }
}
