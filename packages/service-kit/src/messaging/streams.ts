import { type StreamName, streamNames, streams } from '@carillon/contracts/streams'
import { DiscardPolicy, type JetStreamManager, type NatsConnection, nanos, RetentionPolicy, StorageType } from 'nats'

const dayMs = 24 * 60 * 60 * 1000

/** A stream exists with another configuration than the platform's. Waiting does not help. */
export class StreamConfigurationError extends Error {
  override name = 'StreamConfigurationError'
}

/**
 * Creates streams of the platform where they are missing. Throws a {@link StreamConfigurationError} if a stream is configured otherwise: the configuration is read back, because a server
 * ignores settings that it does not know.
 */
export async function ensureStreams(
  connection: NatsConnection,
  replicas: number,
  names: readonly StreamName[] = streamNames,
): Promise<void> {
  const manager = await connection.jetstreamManager({ checkAPI: false })
  for (const name of names) await ensureStream(manager, name, replicas)
}

async function ensureStream(manager: JetStreamManager, name: StreamName, replicas: number): Promise<void> {
  const stream = streams[name]
  const wanted = {
    name,
    subjects: [...stream.subjects],
    retention: stream.workQueue ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_age: nanos(stream.maxAgeDays * dayMs),
    duplicate_window: nanos(2 * 60 * 1000),
    deny_delete: false,
    allow_direct: true,
  }
  try {
    await manager.streams.add(wanted)
  } catch (error) {
    // The stream exists with another configuration, for example with other replicas. What matters is compared below.
    if (!(error instanceof Error) || !/already in use/i.test(error.message)) throw error
  }
  const { config } = await manager.streams.info(name)
  const differs =
    config.retention !== wanted.retention ||
    config.storage !== wanted.storage ||
    config.max_age !== wanted.max_age ||
    config.duplicate_window !== wanted.duplicate_window ||
    config.subjects?.join() !== wanted.subjects.join()
  if (differs) throw new StreamConfigurationError(`stream ${name} is configured otherwise: ${JSON.stringify(config)}`)
}
