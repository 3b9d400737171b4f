import type { Metrics } from '@carillon/service-kit/process/metrics'
import { Counter } from 'prom-client'

export interface DispatchMetrics {
  callsOrdered: Counter
  ordersSentAgain: Counter
}

export function dispatchMetrics({ registry }: Metrics): DispatchMetrics {
  const registers = [registry]
  return {
    callsOrdered: new Counter({ name: 'calls_ordered_total', help: 'Dial orders made for contacts of executions', registers }),
    ordersSentAgain: new Counter({
      name: 'orders_sent_again_total',
      help: 'Dial orders that stayed unanswered long after their end and were sent again',
      registers,
    }),
  }
}
