import { billingV1 } from './billing-v1/read-model.ts'
import { callsV1 } from './calls-v1/read-model.ts'
import { executionsV1 } from './executions-v1/read-model.ts'
import type { BillingQueries, CallQueries, ExecutionQueries } from './queries.ts'
import type { ReadModel } from './read-model.ts'

/** Every read model that the service fills. A new version stands here beside the old one until the old one is dropped. */
export const readModels: readonly ReadModel[] = [callsV1, executionsV1, billingV1]

/** The versions that answer the reports. */
export interface Serving {
  readonly calls: CallQueries
  readonly executions: ExecutionQueries
  readonly billing: BillingQueries
}

export const serving: Serving = { calls: callsV1.queries, executions: executionsV1.queries, billing: billingV1.queries }
