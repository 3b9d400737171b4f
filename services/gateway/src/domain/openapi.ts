/** What a service says about its routes, in the form of OpenAPI 3.1. */
export type OpenApiPart = Fields

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Fields {
  [key: string]: Json
}

export interface PublicPart {
  service: string
  part: OpenApiPart
  /** Whether the service is who answers this path from outside. */
  answers: (path: string) => boolean
}

/** Services that could not be asked are left out, and named. */
export interface DocumentedServices {
  parts: readonly PublicPart[]
  missing: readonly string[]
}

const description = `Outbound voice campaigns: contacts, flows, programs, calls, costs and live reports.

Every request carries \`Authorization: Bearer <API key or JWT>\`. Roles, each including the one before it: agent, supervisor, admin,
platform_admin. Reading takes supervisor, changing admin, unless a summary says otherwise. A platform_admin acts for an organization by the
header \`X-Organization-Id\`.

A \`POST\` that creates or launches takes an \`Idempotency-Key\`: the same key and body get the same answer once more. Instants are ISO 8601, in UTC
in every answer. Every error is an \`ErrorBody\`; quote its \`requestId\` (also in the header \`X-Request-Id\`) when you ask about one.`

/** Answers that any route may give beside its own. */
const sharedErrors: Record<string, string> = {
  401: 'Missing or invalid credentials',
  403: 'The role does not suffice',
  429: 'Too many requests',
  503: 'A service is away: try again in a moment',
}

const schemaPrefix = '#/components/schemas/'

const statusTexts: Record<string, string> = {
  200: 'OK',
  201: 'Created',
  204: 'Done, without content',
  400: 'The request is not valid',
  404: 'There is no such thing',
  409: 'In conflict with the present state',
  413: 'The body is too large',
  415: 'The body’s type is not supported',
}

/** One document of the whole public API: every operation has its security and errors, every shared schema stands in it once. */
export function publicDocument({ parts, missing }: DocumentedServices): Fields {
  const schemas: Fields = {}
  const paths: Fields = {}
  for (const publicPart of parts) {
    const own = reconciled(publicPart, schemas)
    Object.assign(schemas, own.schemas)
    Object.assign(paths, referring(publicPaths(publicPart), own.newNames))
  }
  const note = missing.length === 0 ? '' : `\n\n**At the moment without:** ${missing.join(', ')}, which cannot be asked.`
  return {
    openapi: '3.1.0',
    info: { title: 'Carillon', version: '1', description: description + note },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { bearer: [], organization: [] }],
    tags: tagsOf(paths),
    paths: sorted(paths),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`ck_…`) or a JWT' },
        organization: { type: 'apiKey', in: 'header', name: 'X-Organization-Id', description: 'Whom a platform_admin acts for' },
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

/** Two services of different releases may mean different things by a name: the later one's then gets the service's name before it. */
function reconciled({ service, part }: PublicPart, known: Fields): { schemas: Fields; newNames: ReadonlyMap<string, string> } {
  const own = Object.entries(asFields(asFields(part.components).schemas))
  const isTaken = ([name, schema]: [string, Json]) => name in known && JSON.stringify(known[name]) !== JSON.stringify(schema)
  const newNames = new Map(own.filter(isTaken).map(([name]) => [name, `${service}.${name}`]))
  return { schemas: Object.fromEntries(own.map(([name, schema]) => [newNames.get(name) ?? name, referring(schema, newNames)])), newNames }
}

/** The same, with its references to schemas that were renamed. */
function referring(value: Json, newNames: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((item) => referring(item, newNames))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, field]) => {
    const newName = key === '$ref' ? newNames.get(schemaNamed(field)) : undefined
    return [key, newName === undefined ? referring(field, newNames) : schemaPrefix + newName]
  })
  return Object.fromEntries(entries)
}

/** The schemas that something public refers to, by way of others too. */
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

/** The name of the schema that a `$ref` refers to; empty for another reference. */
function schemaNamed(reference: Json): string {
  return typeof reference === 'string' && reference.startsWith(schemaPrefix) ? reference.slice(schemaPrefix.length) : ''
}

function documented(operation: Fields, path: string, method: string): Fields {
  const shared = Object.keys(sharedErrors).map((status) => [status, { $ref: `#/components/responses/Error${status}` }])
  const own = Object.entries(asFields(operation.responses)).filter(([status]) => !(status in sharedErrors))
  return {
    operationId: operationIdOf(path, method),
    ...operation,
    tags: asArray(operation.tags).map((tag) => displayed(String(tag))),
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

function displayed(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1).replaceAll('-', ' ')
}

function tagsOf(paths: Fields): Json[] {
  const operations = Object.values(paths).flatMap((item) => Object.values(asFields(item)))
  const names = operations.flatMap((operation) => asArray(asFields(operation).tags).map(String))
  return [...new Set(names)].map((name) => ({ name }))
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
