import { Ajv, type Options } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchema, FastifySchemaCompiler } from 'fastify'
import { uuidFormat } from '../process/formats.ts'

// Every field at fault is named, defaults are filled in, and a schema's id does not have to be unique among routes.
const options: Options = { allErrors: true, useDefaults: true, strict: false, addUsedSchema: false }

/** Checks requests: a body is taken as it is; parameters, queries and headers arrive as text and are converted to their schema's type. */
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
