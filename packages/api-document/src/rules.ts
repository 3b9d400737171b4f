import { apiErrors } from '@carillon/contracts/api-errors'
import { examplesOf, type MediaType, type OpenApi, type Operation, operationsOf, type Schema } from './openapi.ts'

/** What the document does not say yet, each with a sentence that says what to do. Redocly's rules know nothing of these. */
export function gapsIn(document: OpenApi): string[] {
  const operations = operationsOf(document)
  return [
    ...operations.flatMap(({ place, operation, path, method }) => operationGaps(operation, path, method).map((gap) => `${place}: ${gap}`)),
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) => schemaGaps(schema, name, `component ${name}`)),
    ...document.tags
      .filter(({ description }) => !description)
      .map(({ name }) => `tag ${name}: describe it in packages/contracts/src/tags.ts`),
    ...unraised(operations.map(({ operation }) => operation)),
  ]
}

function operationGaps(operation: Operation, path: string, method: string): string[] {
  const { operationId, summary, description = '', tags = [], parameters = [], requestBody } = operation
  const gaps: string[] = []
  if (operationId.toLowerCase() === (method + path).replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()) {
    gaps.push('add `operationId` to the route’s schema: a name as a person would give a function, such as launchProgram')
  }
  if (!summary) gaps.push('add `summary` to the route’s schema: what it does, in a few words')
  if (/^(Takes the role|Every role)/.test(description)) {
    gaps.push('add `description` to the route’s schema: the rules and the side effects, in plain sentences')
  }
  if (tags.length !== 1) gaps.push('add one tag to the route’s schema')
  for (const { in: place, name, description: text, schema } of parameters) {
    if (!text && !schema.description) gaps.push(`describe the parameter ${name} (${place}) in its schema, with its unit and format`)
  }
  for (const [type, media] of Object.entries(requestBody?.content ?? {})) gaps.push(...bodyGaps(type, media))
  for (const [status, response] of Object.entries(operation.responses)) {
    if ('$ref' in response) continue
    for (const { schema } of Object.values(response.content ?? {})) {
      if (schema) gaps.push(...schemaGaps(schema, `answer ${status}`, `answer ${status}`))
    }
  }
  return gaps
}

function bodyGaps(type: string, media: MediaType): string[] {
  const gaps = media.schema ? schemaGaps(media.schema, 'body', 'body') : []
  if (examplesOf(media).length === 0) gaps.push(`add \`examples\` to the schema of the body (${type}): requests that work`)
  return gaps
}

/** Properties without a description, and the component itself. A reference leads to a component, which is described there. */
function schemaGaps(schema: Schema, place: string, root: string): string[] {
  const gaps: string[] = []
  if (place === root && root.startsWith('component') && !schema.description) gaps.push(`${place}: give its schema a \`description\``)
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!isDescribed(property)) gaps.push(`${place}.${name}: give it a \`description\`, with its unit and format`)
    gaps.push(...schemaGaps(property, `${place}.${name}`, root))
  }
  const { items, additionalProperties, anyOf = [], oneOf = [], allOf = [] } = schema
  const inner = [items, typeof additionalProperties === 'object' ? additionalProperties : undefined, ...anyOf, ...oneOf, ...allOf]
  return [...gaps, ...inner.flatMap((part) => (part ? schemaGaps(part, place, root) : []))]
}

function isDescribed(schema: Schema): boolean {
  return schema.$ref !== undefined || (schema.description !== undefined && schema.description !== '')
}

/** Errors that belong to no route: any request may get them, and the document's introduction names them. */
const unrouted = [
  'HeadersTooLargeError',
  'MethodNotAllowedError',
  'OrganizationNotFoundError',
  'RequestTimeoutError',
  'UnauthorizedError',
  'TooManyRequestsError',
  'InternalServerError',
  'ServiceUnavailableError',
]

/** Names of errors that no operation lists. */
function unraised(operations: readonly Operation[]): string[] {
  const listed = new Set(
    operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap((response) => ('$ref' in response ? [] : namesIn(response.description))),
    ),
  )
  return Object.keys(apiErrors)
    .filter((name) => !listed.has(name) && !unrouted.includes(name))
    .map((name) => `${name}: add it to the \`errors\` of each route that raises it, with the case`)
}

function namesIn(description: string): string[] {
  return [...description.matchAll(/^- `(\w+)`:/gm)].flatMap(([, name]) => name ?? [])
}
