import { questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'

/** A stand-in for billing: every organization has credits until its account is set. */
export interface StandInBilling {
  set(organizationId: string, account: { balanceMicros: number; entryCount: number }): void
  close(): Promise<void>
}

export function standInBilling({ nats, logger }: Pick<ServiceDeps, 'nats' | 'logger'>): StandInBilling {
  const accounts = new Map<string, { balanceMicros: number; entryCount: number }>()
  let isOpen = true
  const end = answerQuestion(nats, questions.accountBalance, logger, async ({ organizationId }) => {
    return accounts.get(organizationId) ?? { balanceMicros: 1_000_000_000, entryCount: 1 }
  })
  return {
    set(organizationId, account) {
      accounts.set(organizationId, account)
    },
    async close() {
      if (isOpen) await end()
      isOpen = false
    },
  }
}
