const idBytes = 16

/** Ids of calls in an order. */
export interface CallIds {
  readonly size: number
  /** The ids as texts, in pages of up to `pageSize`. */
  pages(pageSize: number): Generator<string[]>
}

/** Ids in sixteen bytes each: as texts, those of a million calls would take five times as much. @param parts binary UUIDs, one behind the other. */
export function callIds(parts: readonly Buffer[]): CallIds {
  const bytes = Buffer.concat(parts)
  const size = bytes.length / idBytes

  function textAt(index: number): string {
    const hex = bytes.toString('hex', index * idBytes, (index + 1) * idBytes)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  return {
    size,
    *pages(pageSize) {
      for (let start = 0; start < size; start += pageSize) {
        yield Array.from({ length: Math.min(pageSize, size - start) }, (_, index) => textAt(start + index))
      }
    },
  }
}
