import { AccountResponse } from '@carillon/contracts/billing'
import { toIso } from '@carillon/contracts/instant'
import { tags } from '@carillon/contracts/tags'
import { microsToJson } from '@carillon/money/credits'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readAccount } from '../store/account.ts'

const GetAccount = {
  operationId: 'getAccount',
  summary: 'Get the balance',
  description: 'The organization’s credits: what was added minus what its calls cost. An organization without any entry has the balance 0.',
  tags: [tags.billing],
  response: { 200: AccountResponse },
}

export const accountRoutes =
  ({ database }: Pick<ServiceDeps, 'database'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/billing/account', { schema: GetAccount, config: { role: 'supervisor' } }, async ({ identity }) => {
      const account = await readAccount(database.orm, identity.organizationId)
      return {
        organizationId: identity.organizationId,
        balance: microsToJson(account?.balanceMicros ?? 0n),
        currency: 'credits' as const,
        updatedAt: account ? toIso(account.updatedAtMs) : null,
      }
    })
  }
