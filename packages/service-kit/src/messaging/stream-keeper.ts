import type { StreamName } from '@carillon/contracts/streams'
import type { NatsConnection } from 'nats'
import { every } from '../process/every.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import type { Watchdog } from '../process/watchdog.ts'
import { isStreamMissing } from './stream-tail.ts'
import { ensureStreams } from './streams.ts'

export interface StreamKeeper {
  /** Throws while a stream is missing or cannot be asked. */
  ready(): void
  stop(): Promise<void>
}

interface Options {
  connection: NatsConnection
  /** The streams that the service uses. */
  names: readonly StreamName[]
  replicas: number
  logger: Logger
  metrics: Metrics
  watchdog: Watchdog
}

const lookEveryMs = 2_000
/** A stream that has been unavailable for so long is an alarm, told again after as long. */
const alarmEveryMs = 10_000

/**
 * Looks after the streams of a service while it runs. A stream that is gone is made anew; the outbox then publishes again what it holds. A stream that
 * cannot be asked, for example because the server's disk is full, makes the service not ready.
 */
export function keepStreams({ connection, names, replicas, logger, metrics, watchdog }: Options): StreamKeeper {
  const unavailable = new Map<StreamName, { sinceMs: number; alarmDueMs: number; error: unknown }>()

  async function look(name: StreamName): Promise<void> {
    try {
      const manager = await connection.jetstreamManager({ checkAPI: false })
      await manager.streams.info(name)
    } catch (error) {
      if (!isStreamMissing(error)) throw error
      await ensureStreams(connection, replicas, [name])
      logger.error({ stream: name }, 'the stream was gone and was made anew')
    }
  }

  async function lookAndTell(name: StreamName): Promise<void> {
    try {
      await look(name)
      if (unavailable.delete(name)) logger.info({ stream: name }, 'the stream is available again')
    } catch (error) {
      const nowMs = performance.now()
      const state = unavailable.get(name) ?? { sinceMs: nowMs, alarmDueMs: nowMs + alarmEveryMs, error }
      unavailable.set(name, { ...state, error })
      if (nowMs < state.alarmDueMs) return
      unavailable.set(name, { ...state, error, alarmDueMs: nowMs + alarmEveryMs })
      logger.error({ err: error, stream: name, sinceMs: Math.round(nowMs - state.sinceMs) }, 'the stream is not available')
    }
  }

  async function lookAtAll(): Promise<void> {
    await Promise.all(names.map(lookAndTell))
    metrics.streamsUnavailable.set(unavailable.size)
  }

  const looking = every({ name: 'look after the streams', intervalMs: lookEveryMs, work: lookAtAll }, { logger, watchdog })
  return {
    ready() {
      const [first] = unavailable
      if (first) throw new Error(`the stream ${first[0]} is not available`, { cause: first[1].error })
    },
    stop: () => looking.stop(),
  }
}
