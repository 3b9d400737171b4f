import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('every metric names its service', async () => {
  const metrics = createMetrics('billing')
  metrics.outboxPublished.inc(3)
  metrics.projectionEvents.inc({ projection: 'calls' }, 2)
  const text = await metrics.registry.metrics()
  expect(text).toContain('outbox_published_total{service="billing"} 3')
  expect(text).toContain('projection_events_total{projection="calls",service="billing"} 2')
  expect(text).toContain('process_cpu_seconds_total{service="billing"}')
})

test('two services in one process count apart', async () => {
  const [one, other] = [createMetrics('one'), createMetrics('other')]
  one.outboxFailures.inc()
  expect(await other.registry.metrics()).toContain('outbox_failures_total{service="other"} 0')
})
