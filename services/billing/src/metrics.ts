import type { Database } from '@carillon/service-kit/postgres/database'
import type { Metrics } from '@carillon/service-kit/process/metrics'
import { Counter, Gauge } from 'prom-client'
import { countCallsWithGap } from './store/open-call.ts'

export interface BillingMetrics {
  callsRated: Counter
}

/** Adds billing's own metrics to the service's. */
export function billingMetrics({ registry }: Metrics, database: Database): BillingMetrics {
  const registers = [registry]
  new Gauge({
    name: 'billing_calls_with_gap',
    help: 'Calls that wait for a missing event. An event was lost if this stays above 0 for minutes',
    registers,
    async collect() {
      this.set(await countCallsWithGap(database))
    },
  })
  return {
    callsRated: new Counter({
      name: 'billing_calls_rated_total',
      help: 'Calls that were rated, including those that cost nothing',
      registers,
    }),
  }
}
