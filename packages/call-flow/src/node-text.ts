import type { NodeText } from './node-type.ts'
import type { VariableValue } from './variable.ts'

/** A value as a list of at most one text: empty for a value that is no text. */
export function textAt(pointer: string, value: VariableValue | undefined): NodeText[] {
  return typeof value === 'string' ? [{ pointer, text: value }] : []
}

/** Every text in a node that the database cannot store as JSON: one with a NUL or with half a surrogate pair. */
export function unstorableTexts(value: unknown, pointer = ''): NodeText[] {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [{ pointer, text: value }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => unstorableTexts(item, `${pointer}/${key}`))
}
