import { createHash } from 'node:crypto'
import type { Position } from '../postgres/list-order.ts'

/** What a cursor holds: the number of the page that it leads to, and the position that this page goes on behind. */
export interface Cursor {
  page: number
  values: readonly unknown[]
}

const version = 1

/**
 * A cursor is base64url of `[version, list, page, …position]`. It is not signed: it selects no rows, it only says where among the rows that the caller
 * may see the list goes on. `list` tells the cursors of different lists apart.
 */
export function cursorText(list: string, page: number, position: Position): string {
  return Buffer.from(JSON.stringify([version, list, page, ...position])).toString('base64url')
}

/** What is in a cursor. `broken` if nobody made it, `foreign` if it was made for another list. */
export function readCursor(text: string, list: string): Cursor | 'broken' | 'foreign' {
  const parts = parsed(text)
  if (!Array.isArray(parts) || parts.length < 4 || parts[0] !== version) return 'broken'
  const [, of, page, ...values] = parts as unknown[]
  if (of !== list) return typeof of === 'string' ? 'foreign' : 'broken'
  return Number.isSafeInteger(page) && Number(page) >= 1 ? { page: Number(page), values } : 'broken'
}

/** Tells lists apart: the same route with another id, filter or organization is another list. */
export function listName(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
