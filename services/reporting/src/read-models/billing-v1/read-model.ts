import type { BillingQueries } from '../queries.ts'
import type { ReadModel } from '../read-model.ts'
import { billsOfCalls, costliestCalls, costOf, costsOfCalls } from './call-costs.ts'
import { costsOf, firstAfter, reached } from './cost-figures.ts'
import { billingProjection } from './projection.ts'
import { callCosts, costFigures } from './schema.ts'

const queries: BillingQueries = { reached, firstAfter, costsOf, costsOfCalls, billsOfCalls, costOf, costliestCalls }

export const billingV1 = {
  projection: billingProjection,
  tables: [callCosts, costFigures],
  queries,
} satisfies ReadModel & { queries: BillingQueries }
