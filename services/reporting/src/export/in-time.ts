import type { Readable } from 'node:stream'

/**
 * A stream that is written from pages, and is destroyed when its client takes longer than the limit for one of them: what it holds is given back.
 *
 * @param limitMs real time.
 */
export function inTime<Page>(limitMs: number, pages: AsyncIterable<Page>, write: (pages: AsyncIterable<Page>) => Readable): Readable {
  const stream = write(watched())
  async function* watched() {
    for await (const page of pages) {
      const timer = setTimeout(() => stream.destroy(new Error(`the client took nothing for ${limitMs / 1000} s`)), limitMs)
      try {
        yield page
      } finally {
        clearTimeout(timer)
      }
    }
  }
  return stream
}
