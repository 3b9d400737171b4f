import { lastLines } from './last-lines.ts'

const lastLineCount = 16

/**
 * The last lines of a process's log after an offset in bytes, in readable form: the services write JSON, and an error's stack in it would fill
 * the screen.
 */
export function lastWords(logPath: string, fromByte: number): string {
  const lines = lastLines(logPath, lastLineCount, fromByte)
  if (lines === '') return '  (it printed nothing)'
  return lines
    .split('\n')
    .map((line) => `  ${readable(line)}`)
    .join('\n')
}

/** `10:00:07 request failed: connection refused`, for a line that a service wrote; any other line stays as it is. */
export function readable(line: string): string {
  const entry = parsed(line)
  if (entry === null || typeof entry.msg !== 'string') return line
  const time = typeof entry.time === 'string' ? `${entry.time.slice(11, 19)} ` : ''
  const { err } = entry
  const cause = typeof err === 'object' && err !== null && 'message' in err ? `: ${String(err.message)}` : ''
  return `${time}${entry.msg}${cause}`
}

function parsed(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return null // a line that was cut
  }
}
