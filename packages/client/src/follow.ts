import { pause } from './deadline.ts'
import { serverSentEvents } from './event-stream.ts'
import { isPassing } from './retries.ts'

/** Opens a stream. Null: there is nothing more to read. Throws an `ApiError` for a refusal, and what `fetch` throws if there is no answer. */
export type OpenStream = (path: string, lastEventId: string | undefined, signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>

export interface FollowOptions {
  /** Ends it. */
  signal?: AbortSignal
}

/** The services say something every fifteen seconds. */
const silenceMs = 45_000
const delayMs = { least: 500, most: 10_000 }

/**
 * The states that a stream tells, as they change, until it says that it ends. A connection that breaks or says nothing is opened again, behind the last state.
 * Throws an `ApiError` that another try would get again.
 */
export async function* follow<T>(open: OpenStream, path: string, { signal }: FollowOptions = {}): AsyncGenerator<T, void, undefined> {
  let lastEventId: string | undefined
  for (let failures = 0; ; ) {
    signal?.throwIfAborted()
    const connection = new AbortController()
    const abort = () => connection.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    let silence = setTimeout(() => connection.abort(), silenceMs)
    try {
      const body = await open(path, lastEventId, connection.signal)
      if (body === null) return
      const heard = body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            clearTimeout(silence)
            silence = setTimeout(() => connection.abort(), silenceMs)
            controller.enqueue(chunk)
          },
        }),
      )
      for await (const { event, id, data } of serverSentEvents(heard)) {
        failures = 0
        if (event === 'end') return
        lastEventId = id
        yield JSON.parse(data) as T
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (!isPassing(error)) throw error
    } finally {
      clearTimeout(silence)
      signal?.removeEventListener('abort', abort)
      connection.abort()
    }
    await pause(Math.min(delayMs.most, delayMs.least * 2 ** failures), signal)
    failures += 1
  }
}
