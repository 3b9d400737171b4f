import { tagDescriptions, tagGroups, tags } from '@carillon/contracts/tags'
import type { Fields, Json } from './json.ts'
import { plainSchemas } from './plain-schemas.ts'

/** The OpenAPI 3.1 document of one service. */
export type OpenApiPart = Fields

export interface PublicPart {
  service: string
  part: OpenApiPart
  /** Whether this service answers the path for callers from outside. */
  answers: (path: string) => boolean
}

/** `missing` names the services whose documents could not be fetched. */
export interface DocumentedServices {
  parts: readonly PublicPart[]
  missing: readonly string[]
}

const description = `Outbound voice campaigns: contacts, flows, programs, calls, costs and live reports.

**In order.** Create contacts or import them into an audience, create a flow, add a DID to call from, create a program of these, launch it, and
read the reports of its execution.

**Credentials.** Every request has the header \`Authorization: Bearer <API key or JWT>\`. The roles are \`agent\`, \`supervisor\`, \`admin\` and
\`platform_admin\`; each includes the ones before it. A \`platform_admin\` names the organization that it acts for in the header
\`X-Organization-Id\`. What belongs to another organization is answered like something that does not exist.

**Test mode.** A test key (\`ck_test_…\`), or the header \`X-Mode: test\` with any other credentials, puts a request in test mode: executions that it
launches call nobody and cost nothing, and it lists test executions alone. It cannot change anything live: that is a \`TestModeForbiddenError\`.

**Requests.** A body is JSON in UTF-8. Fields and query parameters that are not described are refused. A \`POST\` that creates or launches something
takes an \`Idempotency-Key\`: a second request with the same key and body within a day gets the first answer again, so it is safe to repeat a
request whose answer was lost. Instants are ISO 8601 with an offset in requests, and in UTC with milliseconds in answers. Names of properties say
their unit: \`durationMs\` are milliseconds. Money is in credits, with up to six decimals.

**Errors.** Every error is an \`ErrorBody\`. Decide by its \`error\`, which is a stable name; the \`message\` is for people and may change. Quote its
\`requestId\` (also in the header \`X-Request-Id\`) when you ask about an error. Besides the errors that an operation lists, any request may be
answered with \`MethodNotAllowedError\` (405), \`RequestTimeoutError\` (408) or \`HeadersTooLargeError\` (431), and one with the header
\`X-Organization-Id\` with \`OrganizationNotFoundError\` (404).`

const schemaPrefix = '#/components/schemas/'

const statusTexts: Record<string, string> = {
  200: 'OK',
  201: 'Created',
  204: 'Done. There is no content',
}

/** One document of the whole public API: every operation has its errors, and every shared schema is in it once. */
export function publicDocument({ parts, missing }: DocumentedServices): Fields {
  const schemas: Fields = {}
  const paths: Fields = {}
  const responses: Fields = {}
  for (const publicPart of parts.map((one) => ({ ...one, part: asFields(plainSchemas(one.part)) }))) {
    const own = reconciled(publicPart, schemas)
    Object.assign(schemas, own.schemas)
    Object.assign(responses, asFields(asFields(publicPart.part.components).responses))
    Object.assign(paths, referring(publicPaths(publicPart), own.newNames))
  }
  const note = missing.length === 0 ? '' : `\n\n**At the moment without:** ${missing.join(', ')} (not reachable).`
  return {
    openapi: '3.1.0',
    info: { title: 'Carillon', version: '1', description: description + note, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { bearer: [], organization: [] }, { bearer: [], mode: [] }, { bearer: [], organization: [], mode: [] }],
    tags: tagsOf(paths),
    'x-tagGroups': tagGroups.map(({ name, tags }) => ({ name, tags: [...tags] })),
    paths: inReadingOrder(paths),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`ck_…`) or a JWT' },
        organization: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Organization-Id',
          description: 'The organization that a platform_admin acts for',
        },
        mode: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Mode',
          description:
            '`test` puts the request in test mode, whatever its credentials; a test key is in test mode without it. `live` is the default',
        },
      },
      responses,
      schemas: sorted(inUse(paths, schemas)),
    },
  }
}

function publicPaths({ part, answers }: PublicPart): Fields {
  const paths = Object.entries(asFields(part.paths)).filter(([path]) => answers(path))
  return Object.fromEntries(
    paths.map(([path, item]) => {
      const operations = Object.entries(asFields(item))
      return [path, Object.fromEntries(operations.map(([method, operation]) => [method, documented(asFields(operation), path, method)]))]
    }),
  )
}

/** Services of different releases may have different schemas of one name. Then the later one gets the service's name as a prefix. */
function reconciled({ service, part }: PublicPart, known: Fields): { schemas: Fields; newNames: ReadonlyMap<string, string> } {
  const own = Object.entries(asFields(asFields(part.components).schemas))
  const isTaken = ([name, schema]: [string, Json]) => name in known && JSON.stringify(known[name]) !== JSON.stringify(schema)
  const newNames = new Map(own.filter(isTaken).map(([name]) => [name, `${service}.${name}`]))
  return { schemas: Object.fromEntries(own.map(([name, schema]) => [newNames.get(name) ?? name, referring(schema, newNames)])), newNames }
}

/** A copy in which references to renamed schemas have the new names. */
function referring(value: Json, newNames: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') {
    const newName = newNames.get(schemaNamed(value))
    return newName === undefined ? value : schemaPrefix + newName
  }
  if (Array.isArray(value)) return value.map((item) => referring(item, newNames))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, referring(field, newNames)]))
}

/** The schemas that public paths refer to, directly or through other schemas. */
function inUse(paths: Fields, schemas: Fields): Fields {
  const names = new Set(['ErrorBody'])
  collectNames(paths, names)
  for (const name of names) collectNames(schemas[name] ?? null, names)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => names.has(name)))
}

function collectNames(value: Json, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, field] of Object.entries(value)) {
    if (key === '$ref' && schemaNamed(field) !== '') names.add(schemaNamed(field))
    collectNames(field, names)
  }
}

/** The name of the schema that a `$ref` refers to. Empty for any other value. */
function schemaNamed(reference: Json): string {
  return typeof reference === 'string' && reference.startsWith(schemaPrefix) ? reference.slice(schemaPrefix.length) : ''
}

function documented(operation: Fields, path: string, method: string): Fields {
  const responses = Object.entries(asFields(operation.responses)).map(([status, response]) => [status, named(status, asFields(response))])
  return { operationId: operationIdOf(path, method), ...operation, responses: Object.fromEntries(responses) }
}

function named(status: string, response: Fields): Fields {
  if (response.$ref !== undefined) return response
  const isNamed = response.description !== 'Default Response' && response.description !== undefined
  return isNamed ? response : { ...response, description: statusTexts[status] ?? `Status ${status}` }
}

/** `GET /programs/{id}/launch` → `getProgramsIdLaunch` */
function operationIdOf(path: string, method: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** The tags in use, in the order of the contract's table. */
function tagsOf(paths: Fields): Json[] {
  const operations = Object.values(paths).flatMap((item) => Object.values(asFields(item)))
  const inUse = new Set(operations.flatMap((operation) => asArray(asFields(operation).tags).map(String)))
  const known = Object.values<string>(tags)
  return [...known.filter((name) => inUse.has(name)), ...[...inUse].filter((name) => !known.includes(name))].map(tagOf)
}

function tagOf(name: string): Json {
  const description = new Map<string, string>(Object.entries(tagDescriptions)).get(name)
  return description === undefined ? { name } : { name, description }
}

/** In the order of the tags; within one of them, by path. */
function inReadingOrder(paths: Fields): Fields {
  const order = Object.values<string>(tags)
  const placeOf = (item: Json) => {
    const [first] = Object.values(asFields(item)).flatMap((operation) => asArray(asFields(operation).tags).map(String))
    return first === undefined || !order.includes(first) ? order.length : order.indexOf(first)
  }
  return Object.fromEntries(Object.entries(sorted(paths)).sort(([, a], [, b]) => placeOf(a) - placeOf(b)))
}

function sorted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function asFields(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function asArray(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}
