import { AccountBalanceChanged } from '@carillon/contracts/billing-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { newestBalances, toBalance } from '../domain/balance.ts'
import { keepBalances } from '../store/balances.ts'

/** Follows which organizations have credits. A turn reads it with the state of its execution. */
export const balancesProjection: Projection<AccountBalanceChanged> = {
  name: 'balances',
  stream: 'BILLING',
  types: 'account.>',
  schemas: [AccountBalanceChanged],
  subjectOf: ({ organizationId }) => organizationId,
  apply: (tx, _lane, events) => keepBalances(tx, newestBalances(events.map(({ organizationId, data }) => toBalance(organizationId, data)))),
}
