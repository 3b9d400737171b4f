import type { ExecutionLaunched } from '@carillon/contracts/program-events'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'

/** What reporting asks of the orchestrator. */
export interface Orchestrator {
  /** The launch of an execution of the organization, or undefined if it has none with that id. Rejects if no answer comes in time. */
  launchOf(organizationId: string, executionId: string): Promise<ExecutionLaunched | undefined>
}

const timeoutMs = 2_000

export function orchestrator(nats: NatsConnection): Orchestrator {
  return {
    async launchOf(organizationId, executionId) {
      try {
        return (await ask(nats, questions.executionAtLaunch, { organizationId, executionId }, timeoutMs)).launched
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'not_found') return undefined
        throw error
      }
    },
  }
}
