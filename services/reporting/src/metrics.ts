import type { Metrics } from '@carillon/service-kit/process/metrics'
import { Histogram } from 'prom-client'

export function reportAgeMetric({ registry }: Metrics): Histogram {
  return new Histogram({
    name: 'report_age_seconds',
    help: 'How long ago, in platform time, the first thing happened that a report lacks, because a service has not told of it yet',
    buckets: [0, 0.5, 1, 2, 5, 15, 60, 300, 3_600],
    registers: [registry],
  })
}
