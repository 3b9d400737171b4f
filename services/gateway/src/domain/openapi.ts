import { tags } from '@carillon/contracts/tags'

/** The OpenAPI 3.1 document of one service. */
export type OpenApiPart = Fields

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Fields {
  [key: string]: Json
}

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

Every request has the header \`Authorization: Bearer <API key or JWT>\`. The roles are agent, supervisor, admin and platform_admin; each includes
the ones before it. Reading takes supervisor and changing takes admin, unless a summary says otherwise. A platform_admin names the organization
that it acts for in the header \`X-Organization-Id\`.

A test key (\`ck_test_…\`), or the header \`X-Mode: test\` with any other credentials, puts a request in test mode: executions that it launches call
nobody and cost nothing, and it lists test executions alone. It cannot change anything live: that is a \`TestModeForbiddenError\`.

A \`POST\` that creates or launches something takes an \`Idempotency-Key\`: a second request with the same key and body gets the first answer again.
Instants are ISO 8601, and in UTC in every answer. Every error is an \`ErrorBody\`. Quote its \`requestId\` (also in the header \`X-Request-Id\`) when
you ask about an error.`

/** Errors that every route may answer with. */
const sharedErrors: Record<string, string> = {
  401: 'Missing or invalid credentials',
  403: 'The caller’s role does not include the role that this takes',
  429: 'Too many requests',
  503: 'A service is away. Try again in a moment',
}

const schemaPrefix = '#/components/schemas/'

const statusTexts: Record<string, string> = {
  200: 'OK',
  201: 'Created',
  204: 'Done. There is no content',
  400: 'The request is not valid',
  404: 'Not found',
  409: 'In conflict with the current state',
  413: 'The body is too large',
  415: 'The body’s type is not supported',
}

/** One document of the whole public API: every operation has its errors, and every shared schema is in it once. */
export function publicDocument({ parts, missing }: DocumentedServices): Fields {
  const schemas: Fields = {}
  const paths: Fields = {}
  for (const publicPart of parts) {
    const own = reconciled(publicPart, schemas)
    Object.assign(schemas, own.schemas)
    Object.assign(paths, referring(publicPaths(publicPart), own.newNames))
  }
  const note = missing.length === 0 ? '' : `\n\n**At the moment without:** ${missing.join(', ')} (not reachable).`
  return {
    openapi: '3.1.0',
    info: { title: 'Carillon', version: '1', description: description + note },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { bearer: [], organization: [] }, { bearer: [], mode: [] }, { bearer: [], organization: [], mode: [] }],
    tags: tagsOf(paths),
    paths: sorted(paths),
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
      responses: Object.fromEntries(Object.entries(sharedErrors).map(([status, text]) => [`Error${status}`, errorResponse(text)])),
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
  if (Array.isArray(value)) return value.map((item) => referring(item, newNames))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, field]) => {
    const newName = key === '$ref' ? newNames.get(schemaNamed(field)) : undefined
    return [key, newName === undefined ? referring(field, newNames) : schemaPrefix + newName]
  })
  return Object.fromEntries(entries)
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
  const shared = Object.keys(sharedErrors).map((status) => [status, { $ref: `#/components/responses/Error${status}` }])
  const own = Object.entries(asFields(operation.responses)).filter(([status]) => !(status in sharedErrors))
  return {
    operationId: operationIdOf(path, method),
    ...operation,
    responses: Object.fromEntries([...own.map(([status, response]) => [status, named(status, asFields(response))]), ...shared]),
  }
}

function named(status: string, response: Fields): Fields {
  const isNamed = response.description !== 'Default Response' && response.description !== undefined
  return isNamed ? response : { ...response, description: statusTexts[status] ?? `Status ${status}` }
}

function errorResponse(text: string): Fields {
  return { description: text, content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } } }
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
  return [...known.filter((name) => inUse.has(name)), ...[...inUse].filter((name) => !known.includes(name))].map((name) => ({ name }))
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
