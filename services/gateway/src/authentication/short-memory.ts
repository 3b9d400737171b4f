export interface ShortMemoryOptions {
  ttlMs: number
  /** The oldest entry makes room for a new one. */
  maxEntries: number
  /** Real time in milliseconds. */
  now: () => number
}

/** Remembers for a moment what was looked up, so that a caller of a hundred requests a second is looked up once. */
export interface ShortMemory<V> {
  knows(key: string): boolean
  /** What is remembered, or else what `load` finds; that nothing was found is not remembered. */
  get(key: string, load: () => Promise<V | undefined>): Promise<V | undefined>
  forgetAll(): void
}

export function shortMemory<V>({ ttlMs, maxEntries, now }: ShortMemoryOptions): ShortMemory<V> {
  const entries = new Map<string, { value: V; expiresAt: number }>()
  let generation = 0

  function remembered(key: string) {
    const entry = entries.get(key)
    return entry && entry.expiresAt > now() ? entry : undefined
  }

  return {
    knows: (key) => remembered(key) !== undefined,
    async get(key, load) {
      const entry = remembered(key)
      if (entry) return entry.value
      const begunIn = generation
      const value = await load()
      // What was read before a `forgetAll` may be what was to be forgotten.
      if (value !== undefined && begunIn === generation) {
        entries.delete(key)
        const [oldest] = entries.size >= maxEntries ? entries.keys() : []
        if (oldest !== undefined) entries.delete(oldest)
        entries.set(key, { value, expiresAt: now() + ttlMs })
      }
      return value
    },
    forgetAll() {
      generation++
      entries.clear()
    },
  }
}
