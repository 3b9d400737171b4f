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
  /** Returns the remembered value, or else what `load` finds. A lookup that finds nothing is not remembered. */
  get(key: string, load: () => Promise<V | undefined>): Promise<V | undefined>
  /** Also what a lookup that runs now will find: it may have read what was there before. */
  forget(key: string): void
}

export function shortMemory<V extends object | string>({ ttlMs, maxEntries, now }: ShortMemoryOptions): ShortMemory<V> {
  const entries = new LRUCache<string, V>({ max: maxEntries, ttl: ttlMs, ttlResolution: 0, perf: { now } })
  const lookups = new Map<string, { isStale: boolean; running: number }>()
  return {
    async get(key, load) {
      const known = entries.get(key)
      if (known !== undefined) return known
      const lookup = lookups.get(key) ?? { isStale: false, running: 0 }
      lookups.set(key, lookup)
      lookup.running += 1
      try {
        const value = await load()
        if (value !== undefined && !lookup.isStale) entries.set(key, value)
        return value
      } finally {
        lookup.running -= 1
        if (lookup.running === 0 && lookups.get(key) === lookup) lookups.delete(key)
      }
    },
    forget(key) {
      entries.delete(key)
      const lookup = lookups.get(key)
      if (!lookup) return
      lookup.isStale = true
      lookups.delete(key)
    },
  }
}
