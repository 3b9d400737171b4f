import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { describeLinks } from './link-header.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Fields {
  [key: string]: Json
}

/** Keeps a schema's `$id` through the generator, which treats `$id` as an address and drops the outermost one. */
const nameKeyword = 'x-schema'

/** How a service's OpenAPI document is generated; {@link withNamedSchemas} then finishes it. */
export function openApiOptions(title: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: { openapi: '3.1.0', info: { title, version: '1' } },
    transform: ({ schema, url }) => ({ schema: asFields(renamed(schema)), url }),
  }
}

/** The document with each schema that has an `$id` moved to the components, under that name. */
export function withNamedSchemas(generated: object): object {
  const schemas: Fields = {}
  const document = asFields(hoisted(withOptionalDefaults(JSON.parse(JSON.stringify(generated))), schemas))
  describeLinks(document)
  return { ...document, components: { ...asFields(document.components), schemas } }
}

/** A parameter with a default is optional for the client, although the schema's type requires it. */
function withOptionalDefaults(value: Json): Json {
  if (Array.isArray(value)) return value.map(withOptionalDefaults)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withOptionalDefaults(field)]))
  const isParameter = typeof fields.in === 'string' && fields.required === true
  return isParameter && asFields(fields.schema).default !== undefined ? { ...fields, required: false } : fields
}

function renamed(value: unknown): Json {
  if (Array.isArray(value)) return value.map(renamed)
  if (typeof value !== 'object' || value === null) return value as Json
  const entries = Object.entries(value).map(([key, field]) => [
    key === '$id' && typeof field === 'string' ? nameKeyword : key,
    renamed(field),
  ])
  return Object.fromEntries(entries)
}

/** Moves every named schema to `schemas`, and leaves a reference in its place. */
function hoisted(value: Json, schemas: Fields): Json {
  if (Array.isArray(value)) return value.map((item) => hoisted(item, schemas))
  if (typeof value !== 'object' || value === null) return value
  const { [nameKeyword]: name, ...rest } = value
  const fields = Object.fromEntries(Object.entries(rest).map(([key, field]) => [key, hoisted(field, schemas)]))
  if (typeof name !== 'string') return fields
  schemas[name] ??= fields
  return JSON.stringify(schemas[name]) === JSON.stringify(fields) ? { $ref: `#/components/schemas/${name}` } : fields
}

function asFields(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
