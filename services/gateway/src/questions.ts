import { questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { organizationNotFound } from './domain/not-found.ts'
import { findOrganization } from './store/organizations.ts'

/** Answers the questions of other services until the gateway stops. */
export function answerQuestions({ database, nats, logger, onStop }: ServiceDeps): void {
  onStop(
    answerQuestion(nats, questions.organizationDefaults, logger, async ({ organizationId }) => {
      const organization = await findOrganization(database.orm, organizationId)
      if (!organization) throw organizationNotFound()
      const { callingHours, pacing, amd } = organization
      return { callingHours, pacing, amd }
    }),
  )
}
