import { LRUCache } from 'lru-cache'

export interface ShortMemoryOptions {
  ttlMs: number
  /** When full, the least recently used entry makes room for a new one. */
  maxEntries: number
  /** Real time in milliseconds. */
  now: () => number
}

/** Remembers what was looked up for a short time, so that a caller with a hundred requests a second is looked up once. */
export interface ShortMemory<V> {
  knows(key: string): boolean
  /** Returns the remembered value, or else what `load` finds. A lookup that finds nothing is not remembered. */
  get(key: string, load: () => Promise<V | undefined>): Promise<V | undefined>
  forgetAll(): void
}

export function shortMemory<V extends object | string>({ ttlMs, maxEntries, now }: ShortMemoryOptions): ShortMemory<V> {
  const empty = () => new LRUCache<string, V>({ max: maxEntries, ttl: ttlMs, ttlResolution: 0, perf: { now } })
  let entries = empty()
  return {
    knows: (key) => entries.has(key),
    async get(key, load) {
      // A value that was read before a `forgetAll` goes into the cache of that time, which nobody reads any more.
      const current = entries
      const known = current.get(key)
      if (known !== undefined) return known
      const value = await load()
      if (value !== undefined) current.set(key, value)
      return value
    },
    forgetAll() {
      entries = empty()
    },
  }
}
