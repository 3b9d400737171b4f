import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The metrics that every service has; a service adds its own to `registry`. */
export interface Metrics {
  registry: Registry
  httpDuration: Histogram<'method' | 'route' | 'status'>
  outboxPublished: Counter
  outboxFailures: Counter
  outboxFailing: Gauge
  outboxLosses: Counter
  outboxUnsendable: Counter
  outboxOldestSeconds: Gauge
  streamsUnavailable: Gauge
  projectionEvents: Counter<'projection'>
  projectionDeadLetters: Counter<'projection'>
  projectionFailures: Counter<'projection'>
  projectionLanesFailing: Gauge<'projection'>
  projectionLag: Gauge<'projection'>
  lanesHeld: Gauge<'projection'>
  databaseConnectionsLost: Counter
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    httpDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time to answer, by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      registers,
    }),
    outboxPublished: new Counter({ name: 'outbox_published_total', help: 'Messages acknowledged by their stream', registers }),
    outboxFailures: new Counter({ name: 'outbox_failures_total', help: 'Rounds of the outbox relay that failed', registers }),
    outboxFailing: new Gauge({ name: 'outbox_failing', help: '1 while the outbox cannot be published', registers }),
    outboxLosses: new Counter({
      name: 'outbox_stream_losses_total',
      help: 'Times that a stream had lost acknowledged messages',
      registers,
    }),
    outboxUnsendable: new Counter({
      name: 'outbox_unsendable_total',
      help: 'Messages that can never be sent and were set aside',
      registers,
    }),
    outboxOldestSeconds: new Gauge({ name: 'outbox_oldest_seconds', help: 'Age of the oldest message that is not published', registers }),
    streamsUnavailable: new Gauge({
      name: 'streams_unavailable',
      help: 'Streams of this service that are missing or cannot be asked',
      registers,
    }),
    projectionEvents: new Counter({ name: 'projection_events_total', help: 'Events applied', labelNames: ['projection'], registers }),
    projectionDeadLetters: new Counter({
      name: 'projection_dead_letters_total',
      help: 'Events that could not be applied and were set aside',
      labelNames: ['projection'],
      registers,
    }),
    projectionFailures: new Counter({
      name: 'projection_failures_total',
      help: 'Batches that failed and were tried again',
      labelNames: ['projection'],
      registers,
    }),
    projectionLanesFailing: new Gauge({
      name: 'projection_lanes_failing',
      help: 'Lanes whose next events have failed for a while and are tried again',
      labelNames: ['projection'],
      registers,
    }),
    projectionLag: new Gauge({
      name: 'projection_pending_events',
      help: 'Events of the last lane read that the stream still held after the batch',
      labelNames: ['projection'],
      registers,
    }),
    lanesHeld: new Gauge({ name: 'lanes_held', help: 'Lanes that this replica reads', labelNames: ['projection'], registers }),
    databaseConnectionsLost: new Counter({
      name: 'database_connections_lost_total',
      help: 'Connections to Postgres that broke, or did not answer in time',
      registers,
    }),
  }
}
