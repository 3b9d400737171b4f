import { sliceOf } from '@carillon/service-kit/postgres/list-order'
import { listPages } from '@carillon/testing/list-pages'
import { explained } from '@carillon/testing/query-plan'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerOrder, listEntries } from '../src/store/ledger.ts'
import { listCards, rateCardOrder } from '../src/store/rate-card.ts'
import { type BillingService, openBilling } from './support/billing-service.ts'

const count = 30_000
let billing: BillingService
beforeAll(async () => {
  billing = await openBilling()
  const { sql } = billing.database
  await sql`insert into accounts values (${testOrganizationId}, ${count}, ${count}, now())`
  await sql`
    insert into ledger (id, organization_id, number, type, amount, balance_after, reason, at)
    select gen_random_uuid(), ${testOrganizationId}, n, 'adjustment', 1, n, 'test', now() from generate_series(1, ${count}::integer) n`
  await sql`
    insert into rate_cards (organization_id, version, effective_from, rates)
    select ${testOrganizationId}, n, now() + n * interval '1 second', '{}' from generate_series(1, 5000) n`
  await sql`analyze ledger, rate_cards`
})
afterAll(() => billing.close())

async function pages(url: string, betweenPages?: (page: number) => Promise<void>) {
  const headers = await billing.as('supervisor')
  return listPages<Record<string, unknown>>((next) => billing.app.inject({ url: next, headers }), url, betweenPages)
}

test('the ledger comes page by page, newest first, while entries are added', async () => {
  const headers = { ...(await billing.as('platform_admin')), 'content-type': 'application/json' }
  const found = await pages('/billing/ledger?limit=1000&page=25', async () => {
    const answer = await billing.app.inject({ method: 'POST', url: '/billing/credits', headers, payload: { amount: 1, reason: 'later' } })
    expect(answer.statusCode).toBe(201)
  })
  const balances = found.flatMap(({ items }) => items.map(({ balanceAfter }) => balanceAfter))
  expect(balances).toEqual(Array.from({ length: 6_000 }, (_, index) => 6_000 - index))
  expect(found.map(({ meta }) => [meta?.page, meta?.total])).toEqual([25, 26, 27, 28, 29, 30].map((page, added) => [page, count + added]))
})

test('the history of the rate card comes page by page, newest first', async () => {
  const found = await pages('/billing/rate-card/history?limit=1000')
  const versions = found.flatMap(({ items }) => items.map(({ version }) => version))
  expect(versions).toEqual(Array.from({ length: 5_000 }, (_, index) => 5_000 - index))
})

const limit = 50
test.each<[string, Parameters<typeof explained>[1]]>([
  ['the ledger', (orm) => listEntries(orm, testOrganizationId, sliceOf(ledgerOrder, { after: [15_000], limit }))],
  ['the history', (orm) => listCards(orm, testOrganizationId, sliceOf(rateCardOrder, { after: [2_500], limit }))],
])('a page in the middle of %s reads no other rows', async (_list, read) => {
  for (const { rowsRead, plan } of await explained(billing.deps.database, read)) {
    expect(rowsRead, JSON.stringify(plan)).toBeLessThanOrEqual(limit)
  }
})
