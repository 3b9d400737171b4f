import { type Answered, questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'

type Attributes = Answered<typeof questions.customAttributes>['attributes']

/** A stand-in for program-api: every organization has these custom attributes. Returns what ends it. */
export function standInProgramApi({ nats, logger }: Pick<ServiceDeps, 'nats' | 'logger'>, attributes: Attributes): () => Promise<void> {
  return answerQuestion(nats, questions.customAttributes, logger, async () => ({ attributes }))
}
