import type { AccountResponse, CreditsInput, LedgerEntryResponse, RateCardInput, RateCardResponse } from '@carillon/contracts/billing'
import type { Page, PageQuery } from './pages.ts'
import type { CreateOptions, RequestOptions, Send } from './transport.ts'

/** `/billing` */
export const billing = (send: Send) => ({
  account: (options?: RequestOptions) => send<AccountResponse>('GET', '/billing/account', options),
  /** Takes the role platform_admin. */
  addCredits: (body: CreditsInput, options?: CreateOptions) => send<LedgerEntryResponse>('POST', '/billing/credits', { ...options, body }),
  /** Newest first. */
  ledger: (query: PageQuery = {}, options?: RequestOptions) =>
    send<Page<LedgerEntryResponse>>('GET', '/billing/ledger', { ...options, query }),
  rateCard: (options?: RequestOptions) => send<RateCardResponse>('GET', '/billing/rate-card', options),
  /** Takes the role platform_admin. */
  setRateCard: (body: RateCardInput, options?: RequestOptions) => send<RateCardResponse>('PUT', '/billing/rate-card', { ...options, body }),
  rateCardHistory: (query: PageQuery = {}, options?: RequestOptions) =>
    send<Page<RateCardResponse>>('GET', '/billing/rate-card/history', { ...options, query }),
})
