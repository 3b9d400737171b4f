import { CallRinging } from '@carillon/contracts/call-events'
import { emptyDatabase } from '@carillon/testing/database'
import { testNats } from '@carillon/testing/nats'
import type { OutboxMessage } from '../../src/messaging/outbox.ts'
import type { Projection } from '../../src/messaging/projection.ts'
import type { ServiceEnvironment } from '../../src/process/config.ts'
import { openService } from '../../src/process/service.ts'

export interface Ringing {
  id: string
  type: 'call.ringing'
  organizationId: string
  data: { callId: string; seq: number; executionId: string }
}

/** A database and a NATS account for any number of replicas of one small service. */
export async function openFixture() {
  const database = await emptyDatabase()
  const nats = await testNats()
  const open: Awaited<ReturnType<typeof openService>>[] = []
  return {
    nats,
    databaseUrl: database.urls.billing,
    async replica(changes: Partial<ServiceEnvironment> = {}) {
      const service = await openService(
        'fixture',
        {
          HOST: '127.0.0.1',
          SERVICE_PORT: 0,
          DATABASE_URL: database.urls.billing,
          DATABASE_CONNECTIONS: 8,
          NATS_URL: nats.url,
          NATS_REPLICAS: 1,
          INTERNAL_AUTH_SECRET: 'a secret of the tests alone',
          LOG_LEVEL: 'silent',
          LEASE_TTL_MS: 1_000,
          ...changes,
        },
        new URL('./migrations/', import.meta.url).pathname,
      )
      open.push(service)
      return service
    },
    async close() {
      for (const service of open) await service.close()
      await nats.close()
      await database.drop()
    },
  }
}

export function ringing(id: string, laneKey: string): OutboxMessage {
  const message = {
    id,
    type: 'call.ringing',
    version: 1,
    organizationId: '018f0000-0000-7000-8000-00000000000a',
    time: '2026-01-01T00:00:00.000Z',
    correlationId: laneKey,
    causationId: null,
    data: { callId: id, seq: 1, executionId: laneKey, jobId: null },
  }
  return { stream: 'CALLS', laneKey, message }
}

/** A projection that stores each event in the table `tally`; `onEvent` may throw. */
export function tally(reader: string, onEvent: (event: Ringing) => void = () => undefined): Projection<Ringing> {
  return {
    name: 'tally',
    stream: 'CALLS',
    schemas: [CallRinging],
    subjectOf: ({ data }) => data.executionId,
    async apply(tx, lane, events) {
      for (const event of events) {
        await tx.sql`insert into tally (lane, event_id, reader) values (${lane}, ${event.id}, ${reader})`
        onEvent(event)
      }
    },
  }
}
