import type { BillingQueries } from '../queries.ts'
import type { ReadModel } from '../read-model.ts'
import { costliestCalls, costsOfCalls } from './call-costs.ts'
import { billingOf, nodeTypeBillingOf } from './execution-billing.ts'
import { billingProjection } from './projection.ts'
import { callCosts, executionBilling, nodeTypeBilling } from './schema.ts'

const queries: BillingQueries = { billingOf, nodeTypeBillingOf, costsOfCalls, costliestCalls }

export const billingV1 = {
  projection: billingProjection,
  tables: [callCosts, executionBilling, nodeTypeBilling],
  queries,
} satisfies ReadModel & { queries: BillingQueries }
