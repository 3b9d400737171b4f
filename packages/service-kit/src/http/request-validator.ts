import { Ajv, type Options } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchema, FastifySchemaCompiler } from 'fastify'
import { uuidFormat } from '../process/formats.ts'

// All problems are reported, defaults are filled in, and two routes may use schemas of the same id.
const options: Options = { allErrors: true, useDefaults: true, strict: false, addUsedSchema: false }

/** Checks requests. A body is not converted. Parameters, queries and headers arrive as text and are converted to the types of their schema. */
export function requestValidator(): FastifySchemaCompiler<FastifySchema> {
  const body = ajv(options)
  const text = ajv({ ...options, coerceTypes: 'array' })
  return ({ schema, httpPart }) => (httpPart === 'body' ? body : text).compile(schema)
}

function ajv(ajvOptions: Options): Ajv {
  const instance = new Ajv(ajvOptions)
  formats.default(instance)
  return instance.addFormat('uuid', uuidFormat)
}
