import { questions } from '@carillon/contracts/questions'
import { ask } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { toBalance } from './domain/balance.ts'
import { findUnknownBalances, isBalanceKnown, keepBalances } from './store/balances.ts'

/** What the orchestrator asks of billing. */
export interface Billing {
  /**
   * Asks for an organization's balance and keeps it: the next turn of its executions knows at least what was true now. While billing
   * does not answer, what it told last is valid. Throws a `ServiceUnavailableError` if it never told anything.
   */
  refreshBalance(organizationId: string): Promise<void>
}

/** Organizations that are asked about in one run: those whose executions were launched before balances were kept. */
const unknownLimit = 100
const unknownEveryMs = 5_000

export function billing({ nats, database, logger, every }: Pick<ServiceDeps, 'nats' | 'database' | 'logger' | 'every'>): Billing {
  async function askBalance(organizationId: string): Promise<void> {
    const account = await ask(nats, questions.accountBalance, { organizationId })
    await keepBalances(database, [toBalance(organizationId, account)])
  }

  every({
    name: 'ask for balances that are not known',
    intervalMs: unknownEveryMs,
    startsNow: true,
    async work() {
      for (const organizationId of await findUnknownBalances(database, unknownLimit)) await askBalance(organizationId)
    },
  })

  return {
    async refreshBalance(organizationId) {
      try {
        await askBalance(organizationId)
      } catch (error) {
        if (!(await isBalanceKnown(database, organizationId))) throw error
        logger.warn({ err: error, organizationId }, 'balance not asked: what billing told last is valid')
      }
    },
  }
}
