import { CreditsInput, LedgerEntryResponse, LedgerPage } from '@carillon/contracts/billing'
import type { AccountAdjusted } from '@carillon/contracts/billing-events'
import { ErrorBody } from '@carillon/contracts/error-body'
import { toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { balanceEvents } from '../domain/balance-events.ts'
import { adjustmentMicros, type LedgerEntry, refuseExcess } from '../domain/ledger.ts'
import { readAccount } from '../store/account.ts'
import { ledgerOrder, listEntries, post } from '../store/ledger.ts'
import { ledgerEntryResponse } from './ledger-response.ts'

const GetLedger = {
  tags: [tags.billing],
  summary: 'The entries of the account, newest first',
  querystring: PaginationQuery,
  response: { 200: LedgerPage, 400: ErrorBody },
}
const PostCredits = {
  tags: [tags.billing],
  summary: 'Add credits to the account. A negative amount takes credits back',
  headers: IdempotencyHeaders,
  body: CreditsInput,
  response: { 201: LedgerEntryResponse, 400: ErrorBody, 409: ErrorBody },
}

type Deps = Pick<ServiceDeps, 'database' | 'clock' | 'outbox'>

export const ledgerRoutes =
  ({ database, clock, outbox }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/billing/ledger', { schema: GetLedger, config: { role: 'supervisor' } }, async (request, reply) => {
      const { organizationId } = request.identity
      const list = pagedList(request, reply, ledgerOrder)
      const account = await readAccount(database.orm, organizationId)
      const entries = await listEntries(database.orm, organizationId, list.slice)
      return list.answer(entries, account?.entryCount ?? 0, ledgerEntryResponse)
    })

    app.post('/billing/credits', { schema: PostCredits, config: { role: 'platform_admin', liveOnly: true } }, async (request, reply) => {
      const { organizationId } = request.identity
      const { amount, reason } = request.body
      const amountMicros = adjustmentMicros(amount)
      const created = await createOnce(database, request, async (tx) => {
        const nowMs = clock.now()
        const id = uuidv7(nowMs)
        const posting = { id, organizationId, type: 'adjustment' as const, amountMicros, callId: null, executionId: null, reason }
        const [entry] = await post(tx, [posting], nowMs)
        if (!entry) throw new Error('a posting left no entry')
        refuseExcess(entry.balanceAfterMicros)
        const events = [accountAdjusted(entry, reason, request.id), ...balanceEvents([entry])]
        await appendToOutbox(
          tx,
          outbox,
          events.map((message) => ({ stream: 'BILLING', laneKey: organizationId, message })),
        )
        return ledgerEntryResponse(entry)
      })
      return reply.code(201).send(created)
    })
  }

function accountAdjusted(entry: LedgerEntry, reason: string, requestId: string): AccountAdjusted {
  return {
    id: `${entry.id}:adjusted`,
    type: 'account.adjusted',
    version: 1,
    organizationId: entry.organizationId,
    time: toIso(entry.atMs),
    correlationId: requestId,
    causationId: requestId,
    data: {
      entryId: entry.id,
      amountMicros: Number(entry.amountMicros),
      balanceMicros: Number(entry.balanceAfterMicros),
      reason,
    },
  }
}
