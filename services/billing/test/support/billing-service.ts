import type { BillingEvent, CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import { laneOf } from '@carillon/contracts/lane'
import { subjectOf } from '@carillon/contracts/streams'
import { openTestService, type TestService, type TestServiceOptions } from '@carillon/testing/test-service'
import { buildApp } from '../../src/app.ts'

export interface BillingService extends TestService {
  app: Awaited<ReturnType<typeof buildApp>>
  /** Publishes events of calls in this order. An event is stored again if `storage` differs, as after a repair of the stream. */
  publish(events: readonly CallEvent[], storage?: string): Promise<void>
  /** All events of the BILLING stream, in its order. */
  published(): Promise<BillingEvent[]>
  /** The `call.rated` of these calls, in the order of the stream. */
  rated(callIds: readonly string[]): Promise<CallRated[]>
}

/** The billing service with its own servers. Its HTTP side does not listen. */
export async function openBilling(options: TestServiceOptions = {}): Promise<BillingService> {
  const service = await openTestService('billing', options)
  const app = await buildApp(service.deps)
  const jetstream = service.nats.connection.jetstream()

  async function published(): Promise<BillingEvent[]> {
    const manager = await service.nats.connection.jetstreamManager()
    const { state } = await manager.streams.info('BILLING')
    const sequences = Array.from({ length: state.last_seq }, (_, index) => index + 1)
    return Promise.all(sequences.map(async (seq) => (await manager.streams.getMessage('BILLING', { seq })).json<BillingEvent>()))
  }

  return {
    ...service,
    app,
    async publish(events, storage = '') {
      for (const event of events) {
        const { executionId, jobId, callId } = event.data
        const subject = subjectOf('CALLS', laneOf(executionId ?? jobId ?? callId), event.type)
        await jetstream.publish(subject, JSON.stringify(event), { msgID: event.id + storage })
      }
    },
    published,
    async rated(callIds) {
      const events = await published()
      return events.filter((event) => event.type === 'call.rated' && callIds.includes(event.data.callId)) as CallRated[]
    },
    async close() {
      await app.close()
      await service.close()
    },
  }
}
