import type { ImportResult } from '@carillon/contracts/contact-import'
import { count } from './figures.ts'

const shown = 10
const maxValueLength = 30

/** Why rows of the file were rejected: the first ten of them, and where the others are listed. */
export function rejectionLines({ importId, rejected, rejections }: ImportResult): string[] {
  const first = rejections.slice(0, shown)
  const lines = first.map(({ line, value, message }) => `  line ${line}: ${message}${value === '' ? '' : `: ${quoted(value)}`}`)
  const more = rejected - first.length
  return more > 0 ? [...lines, `  ${count(more)} more: GET /contacts/imports/${importId}/rejections`] : lines
}

function quoted(value: string): string {
  return JSON.stringify(value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value)
}
