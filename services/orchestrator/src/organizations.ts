import { questions } from '@carillon/contracts/questions'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'
import type { OrganizationDefaults } from './domain/launch.ts'

/** What the orchestrator asks of the gateway, which owns the organizations. */
export interface Organizations {
  defaultsOf(organizationId: string): Promise<OrganizationDefaults>
}

export function organizations(nats: NatsConnection): Organizations {
  return { defaultsOf: (organizationId) => ask(nats, questions.organizationDefaults, { organizationId }) }
}
