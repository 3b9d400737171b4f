import type { Message } from '@carillon/contracts/envelope'
import { laneOf } from '@carillon/contracts/lane'
import { type StreamName, subjectOf } from '@carillon/contracts/streams'
import type { ServiceDeps } from '@carillon/service-kit/process/service'

/** Messages that wait for their acknowledgement at once. */
const unacknowledged = 100

/** Publishes messages in this order. They have no message id, so the stream stores a message that comes twice two times. */
export async function publish(deps: ServiceDeps, stream: StreamName, messages: readonly Message[]): Promise<void> {
  const jetstream = deps.nats.jetstream()
  const text = new TextEncoder()
  for (let start = 0; start < messages.length; start += unacknowledged) {
    // One connection keeps the order.
    await Promise.all(
      messages.slice(start, start + unacknowledged).map((message) => {
        return jetstream.publish(subjectOf(stream, laneOf(message.correlationId), message.type), text.encode(JSON.stringify(message)))
      }),
    )
  }
}
