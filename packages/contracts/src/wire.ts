/**
 * A message with a subject `<prefix>.<lane>.<family>.events` holds events of one lane as NDJSON: one JSON object a line, in order. A line without a
 * `type` is a header: its fields, and those of its `data`, stand for the lines that follow, up to the next header. A field of an event's own line
 * goes before that of the header.
 */
export function holdsManyEvents(subject: string): boolean {
  return subject.endsWith('.events')
}

export interface EventLine {
  /** Its place among the lines of the message, from 0. */
  readonly place: number
  /** The text of the event's line. */
  readonly line: string
  /** The text of the header that holds for it; empty if there is none. */
  readonly header: string
  /** The event, with the fields of its header. */
  read(): unknown
}

interface Fields {
  readonly [name: string]: unknown
}

/** The events of a message. `read` throws if a line, or its header, is not a JSON object: the other lines can be read all the same. */
export function eventLines(text: string): EventLine[] {
  const events: EventLine[] = []
  let header = ''
  let shared: (() => Fields) | undefined
  text.split('\n').forEach((line, place) => {
    if (line === '') return
    const own = once(() => fieldsOf(line))
    if (isHeader(own)) {
      header = line
      shared = own
      return
    }
    const above = shared
    events.push({ place, line, header, read: () => (above ? merged(above(), own()) : own()) })
  })
  return events
}

/** A line that cannot be read is not a header. */
function isHeader(read: () => Fields): boolean {
  try {
    return !('type' in read())
  } catch {
    return false
  }
}

function once(read: () => Fields): () => Fields {
  let fields: Fields | undefined
  return () => {
    fields ??= read()
    return fields
  }
}

function fieldsOf(line: string): Fields {
  const value: unknown = JSON.parse(line)
  if (!isFields(value)) throw new SyntaxError('the line is not a JSON object')
  return value
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function merged(shared: Fields, own: Fields): Fields {
  if (!isFields(shared.data) || !isFields(own.data)) return { ...shared, ...own }
  return { ...shared, ...own, data: { ...shared.data, ...own.data } }
}
