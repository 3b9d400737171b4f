import { questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { readAccount } from './store/account.ts'

/** Answers the questions of other services until the service stops. */
export function answerQuestions({ database, nats, logger, onStop }: Pick<ServiceDeps, 'database' | 'nats' | 'logger' | 'onStop'>): void {
  onStop(
    answerQuestion(nats, questions.accountBalance, logger, async ({ organizationId }) => {
      const account = await readAccount(database.orm, organizationId)
      return { balanceMicros: Number(account?.balanceMicros ?? 0n), entryCount: account?.entryCount ?? 0 }
    }),
  )
}
