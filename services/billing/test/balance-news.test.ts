import { questions } from '@carillon/contracts/questions'
import { ask } from '@carillon/service-kit/messaging/questions'
import { eventually } from '@carillon/testing/eventually'
import { testOrganizationId as organizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BillingService, openBilling } from './support/billing-service.ts'
import { callEvents } from './support/call-events.ts'

let billing: BillingService
beforeAll(async () => {
  billing = await openBilling()
})
afterAll(() => billing.close())

async function addCredits(amount: number): Promise<void> {
  const headers = await billing.as('platform_admin')
  const answer = await billing.app.inject({ method: 'POST', url: '/billing/credits', headers, payload: { amount, reason: 'a test' } })
  expect(answer.statusCode).toBe(201)
}
/** A call of ten seconds costs 0.75 credits. */
const tenSeconds = () => billing.publish(callEvents({ organizationId, durationMs: 10_000 }))
const account = () => ask(billing.deps.nats, questions.accountBalance, { organizationId })

test('an account tells when it gets credits and when they are used up, not at each call, and answers what it holds', async () => {
  expect(await account()).toEqual({ balanceMicros: 0, entryCount: 0 })
  await addCredits(1.5)
  for (const balanceMicros of [750_000, 0, -750_000]) {
    await tenSeconds()
    await eventually(async () => expect(await account()).toMatchObject({ balanceMicros }))
  }
  await addCredits(10)
  const news = await eventually(async () => {
    const found = (await billing.published()).filter((event) => event.type === 'account.balance_changed')
    expect(found).toHaveLength(3)
    return found
  })
  expect(news.map(({ data }) => data)).toEqual([
    { balanceMicros: 1_500_000, entryCount: 1 },
    { balanceMicros: 0, entryCount: 3 },
    { balanceMicros: 9_250_000, entryCount: 5 },
  ])
  expect(await account()).toEqual({ balanceMicros: 9_250_000, entryCount: 5 })
})
