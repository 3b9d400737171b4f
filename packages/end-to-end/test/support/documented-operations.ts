/** An operation as the OpenAPI document shows it. */
export interface DocumentedOperation {
  operationId: string
  /** In capitals. */
  method: string
  path: string
  /** The first media type of the body; undefined without a body. */
  mediaType: string | undefined
  /** Statuses of answers to requests that succeed. */
  successes: number[]
  body: MediaType
}

interface MediaType {
  schema?: { $ref?: string; examples?: unknown[] }
  example?: unknown
  examples?: Record<string, { value: unknown }>
}

interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>
}

interface OpenApiOperation {
  operationId: string
  requestBody?: { content: Record<string, MediaType> }
  responses: Record<string, unknown>
}

/** All operations of the document that a gateway serves, by `operationId`. */
export async function documentedOperations(gatewayUrl: string): Promise<Map<string, DocumentedOperation>> {
  const answer = await fetch(`${gatewayUrl}/openapi.json`)
  const { paths } = (await answer.json()) as OpenApiDocument
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => documented(path, method, operation)),
  )
  return new Map(operations.map((operation) => [operation.operationId, operation]))
}

function documented(path: string, method: string, { operationId, requestBody, responses }: OpenApiOperation): DocumentedOperation {
  const [mediaType] = Object.keys(requestBody?.content ?? {})
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    mediaType,
    successes: Object.keys(responses)
      .map(Number)
      .filter((status) => status < 400),
    body: (mediaType !== undefined && requestBody?.content[mediaType]) || {},
  }
}

/** The bodies that the document shows for an operation. */
export function bodyExamplesOf({ body: { example, examples = {} } }: DocumentedOperation): unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)]
}
