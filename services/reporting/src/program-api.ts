import { questions } from '@carillon/contracts/questions'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'
import type { Attribute } from './domain/call-sheet.ts'

/** What reporting asks of program-api. */
export interface ProgramApi {
  /** The custom attributes of an organization, the oldest first. Rejects if no answer comes in time. */
  customAttributes(organizationId: string): Promise<readonly Attribute[]>
}

const timeoutMs = 5_000

export function programApi(nats: NatsConnection): ProgramApi {
  return {
    async customAttributes(organizationId) {
      return (await ask(nats, questions.customAttributes, { organizationId }, timeoutMs)).attributes
    },
  }
}
