import { createHash } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import type { RegularWork } from '../process/every.ts'
import type { Logger } from '../process/logger.ts'

/** Something that changes, as it is now. */
export interface FeedState {
  /** Sent as JSON. */
  readonly data: unknown
  /** What is compared with the state before, if it is not all of `data`: figures that change by themselves, such as a duration, are no news. */
  readonly compared?: unknown
  /** It changes no more: its streams end. */
  readonly isFinal: boolean
}

export interface EventFeedsOptions {
  /** Names the events, and the work in log lines. */
  name: string
  every(work: RegularWork): unknown
  logger: Logger
  /** Reads what a feed shows. The key is what the stream was opened with. */
  read(key: string): Promise<FeedState>
}

/** Streams of server-sent events: each shows how something stands, whenever that has changed. */
export interface EventFeeds {
  /**
   * A stream of what `key` names. It begins with the state as it is, unless the reader has it already, and ends when the state is final.
   *
   * @param lastEventId the id of the last event that the reader got, from another stream of the same key, perhaps of another replica.
   * @returns null if the reader has the final state: it need not come again.
   */
  open(key: string, state: FeedState, lastEventId: string | undefined): Readable | null
  /** Ends all streams: their readers open others elsewhere. */
  close(): void
}

/** Twice a second at most, whatever the number of readers. */
const readEveryMs = 500
/** A proxy in between ends a connection that says nothing. */
const beatEveryMs = 15_000
/** Then the reader must open another stream, and show its credentials again. */
const longestMs = 15 * 60_000
/** Readings of a feed that may fail in a row before its readers have to try elsewhere. */
const failuresAllowed = 20

interface Reader {
  readonly stream: PassThrough
  readonly openedAtMs: number
  lastSentAtMs: number
  /** The id of the last event that it got. */
  eventId: string | undefined
}

interface Feed {
  readonly readers: Set<Reader>
  event: { id: string; text: string; isFinal: boolean }
  failures: number
}

/** One reading of a feed serves all of its readers. A reader that is slow gets the newest state when it can take one, and none of those between. */
export function eventFeeds({ name, every, logger, read }: EventFeedsOptions): EventFeeds {
  const feeds = new Map<string, Feed>()

  every({
    name: `feeds of ${name}`,
    intervalMs: readEveryMs,
    async work() {
      for (const [key, feed] of feeds) await refresh(key, feed)
    },
  })

  async function refresh(key: string, feed: Feed): Promise<void> {
    try {
      feed.event = eventOf(name, await read(key))
      feed.failures = 0
    } catch (error) {
      feed.failures += 1
      logger.warn({ err: error, feed: key, failures: feed.failures }, `the feed of ${name} could not be read`)
    }
    for (const reader of feed.readers) tell(feed, reader)
  }

  function tell({ event, failures }: Feed, reader: Reader): void {
    const nowMs = performance.now()
    if (!reader.stream.writableNeedDrain) {
      if (reader.eventId !== event.id) send(reader, event.text)
      else if (nowMs - reader.lastSentAtMs >= beatEveryMs) send(reader, ': nothing new\n\n')
      reader.eventId = event.id
    }
    if (event.isFinal && reader.eventId === event.id) reader.stream.end(`event: end\nid: ${event.id}\ndata: {}\n\n`)
    else if (failures > failuresAllowed || nowMs - reader.openedAtMs >= longestMs) reader.stream.end()
  }

  function send(reader: Reader, text: string): void {
    reader.stream.write(text)
    reader.lastSentAtMs = performance.now()
  }

  return {
    open(key, state, lastEventId) {
      const event = eventOf(name, state)
      if (event.isFinal && event.id === lastEventId) return null
      const feed = feeds.get(key) ?? { readers: new Set(), event, failures: 0 }
      feed.event = event
      feeds.set(key, feed)
      const openedAtMs = performance.now()
      const reader: Reader = { stream: new PassThrough(), openedAtMs, lastSentAtMs: openedAtMs, eventId: lastEventId }
      feed.readers.add(reader)
      reader.stream.once('close', () => {
        feed.readers.delete(reader)
        if (feed.readers.size === 0 && feeds.get(key) === feed) feeds.delete(key)
      })
      // The headers go out with it.
      send(reader, ': open\n\n')
      tell(feed, reader)
      return reader.stream
    },
    close() {
      for (const { readers } of feeds.values()) for (const { stream } of readers) stream.end()
    },
  }
}

/** The id is the same for the same state, on every replica and after a restart. */
function eventOf(name: string, { data, compared = data, isFinal }: FeedState): Feed['event'] {
  const id = createHash('sha256')
    .update(JSON.stringify([compared, isFinal]))
    .digest('base64url')
    .slice(0, 22)
  return { id, isFinal, text: `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n` }
}
