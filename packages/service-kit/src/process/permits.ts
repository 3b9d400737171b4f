/** Lets so many pieces of work run at once; the others wait their turn. */
export interface Permits {
  run<T>(work: () => Promise<T>): Promise<T>
}

export function permits(count: number): Permits {
  let free = count
  const waiting: (() => void)[] = []
  return {
    async run(work) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        // The permit goes straight to who waits longest.
        const next = waiting.shift()
        if (next) next()
        else free++
      }
    },
  }
}
