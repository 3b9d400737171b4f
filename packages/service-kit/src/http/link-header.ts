const link = {
  schema: { type: 'string' },
  description: 'The address of the next page, with `rel="next"` (RFC 8288), relative to this one. Absent on the last page',
} as const

interface Operation {
  parameters?: { in: string; name: string }[]
  responses?: Record<string, { headers?: object }>
}

/** Describes the `Link` header (contract rule 31) of every operation that takes a cursor. Changes the document. */
export function describeLinks(document: object): void {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> }
  for (const { parameters = [], responses = {} } of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    if (!parameters.some((parameter) => parameter.in === 'query' && parameter.name === 'cursor')) continue
    const { 200: ok } = responses
    responses[200] = { ...ok, headers: { ...ok?.headers, Link: link } }
  }
}
