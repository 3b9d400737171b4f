/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  event: string
  id: string
  data: string
}

/** Reads the events of a stream (WHATWG HTML, 9.2.6). Comments are left out, and so is an event that is cut off. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let id = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n\n')
      rest = lines.pop() ?? ''
      for (const block of lines) {
        const fields = fieldsOf(block)
        id = fields.get('id') ?? id
        const data = fields.get('data')
        if (data !== undefined) yield { event: fields.get('event') ?? 'message', id, data }
      }
    }
  } finally {
    // A reader that has heard enough closes the connection.
    await reader.cancel().catch(() => undefined)
  }
}

function fieldsOf(block: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 1) continue
    fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''))
  }
  return fields
}
