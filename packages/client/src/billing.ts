import type { AccountResponse, CreditsInput, LedgerEntryResponse, RateCardInput, RateCardResponse } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList } from './pages.ts'
import { creating, type Send } from './transport.ts'

/** `/billing` */
export const billing = (send: Send) => ({
  account: (options?: RequestOptions) => send<AccountResponse>('GET', '/billing/account', options),
  /** Takes the role platform_admin. */
  addCredits: (body: CreditsInput, options?: CreateOptions) =>
    send<LedgerEntryResponse>('POST', '/billing/credits', { ...creating(options), body }),
  /** Newest first. */
  ledger: pagedList<LedgerEntryResponse>(send, '/billing/ledger'),
  rateCard: (options?: RequestOptions) => send<RateCardResponse>('GET', '/billing/rate-card', options),
  /** Takes the role platform_admin. */
  setRateCard: (body: RateCardInput, options?: RequestOptions) => send<RateCardResponse>('PUT', '/billing/rate-card', { ...options, body }),
  /** Newest first. */
  rateCardHistory: pagedList<RateCardResponse>(send, '/billing/rate-card/history'),
})
