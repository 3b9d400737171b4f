import { ErrorBody } from '@carillon/contracts/error-body'
import type { Role } from '@carillon/contracts/identity'
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyContextConfig, FastifySchema, RouteOptions } from 'fastify'
import { describeLinks } from './link-header.ts'
import { errorsOf, operationResponses, sharedResponses } from './operation-errors.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Fields {
  [key: string]: Json
}

/** Names a schema. It keeps an `$id` through the generator, which treats `$id` as an address and drops the outermost one. */
const nameKeyword = 'x-schema'

/** What a schema is in one place, beside its own description: see `described` in the contract's scalars. */
const useKeyword = 'x-use'

/** How a service's OpenAPI document is generated; {@link withNamedSchemas} then finishes it. */
export function openApiOptions(title: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: { openapi: '3.1.0', info: { title, version: '1' } },
    // A route may have no schema, although the type says so: those that are passed on to another service.
    transform: ({ schema, url, route }: { schema?: FastifySchema; url: string; route: RouteOptions }) => ({
      schema: schema === undefined || schema.hide ? { ...schema } : operationOf(schema, route.config),
      url,
    }),
  }
}

function operationOf(schema: FastifySchema, { role = 'platform_admin', liveOnly }: FastifyContextConfig = {}): FastifySchema {
  const { errors: _, file, ...rest } = schema
  const description = [rest.description, roleSentence(role)].filter((text) => text !== undefined).join('\n\n')
  return asFields(renamed({ ...rest, ...(file && { body: file }), description, 'x-errors': errorsOf(schema, liveOnly) }))
}

function roleSentence(role: Role | 'open'): string | undefined {
  if (role === 'open') return undefined
  if (role === 'agent') return 'Every role may do this.'
  return `Takes the role \`${role}\`${role === 'platform_admin' ? '' : ' or a higher one'}.`
}

/** The document with each schema that has a name moved to the components, and with the responses of the errors. */
export function withNamedSchemas(generated: object): object {
  const schemas: Fields = {}
  const document = asFields(hoisted(withOptionalDefaults(withErrors(JSON.parse(JSON.stringify(generated)))), schemas))
  hoisted(renamed(ErrorBody), schemas)
  describeLinks(document)
  return {
    ...document,
    components: { ...asFields(document.components), schemas, responses: asFields(JSON.parse(JSON.stringify(sharedResponses))) },
  }
}

/** The operations with a response for each status of their errors. */
function withErrors(document: Fields): Fields {
  const paths = Object.entries(asFields(document.paths)).map(([path, item]) => {
    const operations = Object.entries(asFields(item)).map(([method, operation]) => {
      const { 'x-errors': errors, ...rest } = asFields(operation)
      const responses = { ...asFields(rest.responses), ...(JSON.parse(JSON.stringify(operationResponses(asFields(errors)))) as Fields) }
      return [method, { ...rest, responses }]
    })
    return [path, Object.fromEntries(operations)]
  })
  return { ...document, paths: Object.fromEntries(paths) }
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
  // A schema that only the document shows stands in the place of one that takes everything.
  if ('x-shown-as' in value) {
    const { 'x-shown-as': shown, ...rest } = value
    return renamed({ ...(shown as object), ...rest })
  }
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
  const { [nameKeyword]: name, [useKeyword]: use, ...rest } = value
  const fields = Object.fromEntries(Object.entries(rest).map(([key, field]) => [key, hoisted(field, schemas)]))
  const description: Fields = use === undefined ? {} : { description: use }
  if (typeof name !== 'string') return { ...fields, ...description }
  schemas[name] ??= fields
  const isSame = JSON.stringify(schemas[name]) === JSON.stringify(fields)
  return isSame ? { $ref: `#/components/schemas/${name}`, ...description } : { ...fields, ...description }
}

function asFields(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
