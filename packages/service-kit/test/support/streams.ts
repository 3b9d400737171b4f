import { testNats } from '@carillon/testing/nats'
import { streamPublisher } from '../../src/messaging/stream-publisher.ts'
import { ensureStreams } from '../../src/messaging/streams.ts'

/** The platform's streams, empty, and a publisher for them. Once per test file. */
export async function openStreams() {
  const nats = await testNats()
  const { connection } = nats
  await ensureStreams(connection, 1)
  const manager = await connection.jetstreamManager()
  const publisher = streamPublisher(connection)
  return {
    url: nats.url,
    connection,
    manager,
    /** Publishes a message per id and returns their stream sequences. */
    publish: (subject: string, ids: readonly string[]) =>
      publisher.publish(ids.map((id) => ({ subject, id, payload: JSON.stringify({ id }) }))),
    async empty() {
      for await (const { config } of manager.streams.list()) await manager.streams.purge(config.name)
    },
    async close() {
      publisher.close()
      await nats.close()
    },
  }
}

export type Streams = Awaited<ReturnType<typeof openStreams>>

let counter = 0
/** Ids that no test has used: a stream drops a message whose id it has seen. */
export function newIds(count: number): string[] {
  return Array.from({ length: count }, () => `m${++counter}`)
}
