import type { Message } from '@carillon/contracts/envelope'
import { laneOf } from '@carillon/contracts/lane'
import { type StreamName, subjectOf } from '@carillon/contracts/streams'
import type { ServiceDeps } from '@carillon/service-kit/process/service'

/** Publishes messages in this order. Without a message id, so that the stream keeps one that comes twice. */
export async function publish(deps: ServiceDeps, stream: StreamName, messages: readonly Message[]): Promise<void> {
  const jetstream = deps.nats.jetstream()
  const text = new TextEncoder()
  for (const message of messages) {
    await jetstream.publish(subjectOf(stream, laneOf(message.correlationId), message.type), text.encode(JSON.stringify(message)))
  }
}
