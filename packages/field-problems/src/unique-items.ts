import { isPlainObject } from './json-schema.ts'

const maxDepth = 50

/**
 * The first item that equals an earlier one, with the index of that one. One pass, however many items there are. Items that are nested very deeply are
 * taken for different ones.
 */
export function duplicateOf(items: readonly unknown[]): { readonly index: number; readonly first: number } | undefined {
  const seen = new Map<unknown, number>()
  for (const [index, item] of items.entries()) {
    if (depthExceeds(item, maxDepth)) continue
    const key = keyOf(item)
    const first = seen.get(key)
    if (first !== undefined) return { index, first }
    seen.set(key, index)
  }
  return undefined
}

/** Equal items have the same key. */
function keyOf(item: unknown): unknown {
  if (typeof item === 'string') return `text:${item}`
  return typeof item === 'object' && item !== null ? `object:${JSON.stringify(sorted(item))}` : item
}

/** Equal objects have the same keys, in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isPlainObject(value)) return value
  const keys = Object.keys(value).sort()
  return { keys, values: keys.map((key) => sorted(value[key])) }
}

function depthExceeds(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((item) => depthExceeds(item, depth - 1))
}
