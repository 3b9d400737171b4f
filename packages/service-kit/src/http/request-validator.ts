import '../process/formats.ts'
import { findProblems } from '@carillon/field-problems/field-problems'
import { duplicateOf } from '@carillon/field-problems/unique-items'
import { FormatRegistry } from '@sinclair/typebox'
import { Ajv, type Options } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchema, FastifySchemaCompiler } from 'fastify'
import { invalidFields } from '../domain/domain-error.ts'
import { isRequestInstant, uuidFormat } from '../process/formats.ts'

// Defaults are filled in, and two routes may use schemas of the same id.
const options: Options = { useDefaults: true, strict: false, addUsedSchema: false }

const pointerOf: Readonly<Record<string, string>> = { body: '', querystring: '/query', params: '/params', headers: '/headers' }

/**
 * Checks requests. A body is not converted. Parameters, queries and headers arrive as text and are converted to the types of their schema.
 *
 * A body is refused at its first problem, so that a large one costs little; only then is it explained, with at most twenty problems. The texts are
 * converted to their end, so that the explanation sees them converted.
 */
export function requestValidator(): FastifySchemaCompiler<FastifySchema> {
  const body = ajv(options)
  const text = ajv({ ...options, allErrors: true, coerceTypes: 'array' })
  return ({ schema, httpPart = 'body' }) => {
    const isValid = (httpPart === 'body' ? body : text).compile(schema)
    return (value: unknown) => isValid(value) || { error: explain(schema, value, httpPart, isValid.errors?.[0]?.instancePath ?? '') }
  }
}

function explain(schema: object, value: unknown, httpPart: string, firstAt: string) {
  const part = pointerOf[httpPart] ?? ''
  const { problems, more } = findProblems(schema, value, hasFormat)
  // The explanation knows fewer keywords than the validator.
  if (problems.length === 0) return invalidFields([{ pointer: part + firstAt, message: 'is not valid' }])
  return invalidFields(
    problems.map(({ pointer, message }) => ({ pointer: part + pointer, message })),
    more,
  )
}

/** The formats of requests. */
function hasFormat(format: string, text: string): boolean {
  return format === 'date-time' ? isRequestInstant(text) : (FormatRegistry.Get(format)?.(text) ?? true)
}

function ajv(ajvOptions: Options): Ajv {
  const instance = new Ajv(ajvOptions)
  formats.default(instance)
  instance.addFormat('uuid', uuidFormat)
  instance.addFormat('date-time', isRequestInstant)
  // The library's own compares each item with each other one.
  instance.removeKeyword('uniqueItems')
  return instance.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (isOn: boolean, items: readonly unknown[]) => !isOn || duplicateOf(items) === undefined,
  })
}
