import { type Answered, questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'

type Defaults = Answered<typeof questions.organizationDefaults>

/** A stand-in for the gateway: organizations have no defaults until they are set. */
export interface StandInGateway {
  set(organizationId: string, defaults: Partial<Defaults>): void
  close(): Promise<void>
}

export function standInGateway({ nats, logger }: Pick<ServiceDeps, 'nats' | 'logger'>): StandInGateway {
  const known = new Map<string, Partial<Defaults>>()
  const close = answerQuestion(nats, questions.organizationDefaults, logger, async ({ organizationId }) => {
    return { callingHours: null, pacing: null, amd: null, ...known.get(organizationId) }
  })
  return {
    set(organizationId, defaults) {
      known.set(organizationId, defaults)
    },
    close,
  }
}
