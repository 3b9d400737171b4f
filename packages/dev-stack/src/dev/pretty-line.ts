/** pino's numbers. */
const levels: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }

/** What every line has and nobody reads while developing. */
const dropped = new Set(['level', 'time', 'pid', 'hostname', 'service', 'msg', 'err'])

/** A service's log line as `billing  INFO  call rated callId=7`; an error's stack goes below it. Other lines only get the prefix. */
export function prettyLine(prefix: string, line: string): string {
  const entry = parsed(line)
  if (entry === null) return `${prefix}  ${line}`
  const { level, msg, err } = entry
  const fields = Object.entries(entry).filter(([name]) => !dropped.has(name))
  const details = fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const text = [`${prefix}  ${(levels[Number(level)] ?? String(level)).padEnd(5)} ${String(msg)}`, ...details].join(' ')
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? `\n${String(err.stack)}` : ''
  return `${text}${stack}`
}

function parsed(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null && 'msg' in entry ? (entry as Record<string, unknown>) : null
  } catch {
    return null // a line that was cut
  }
}
