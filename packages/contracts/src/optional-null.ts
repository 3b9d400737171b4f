import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox'

/** `T` in a request: an optional field, at any depth, may be `null` too (contract rule 28). */
export type WithNulls<T> = T extends readonly (infer Item)[]
  ? WithNulls<Item>[]
  : T extends object
    ? { [K in keyof T]: undefined extends T[K] ? WithNulls<T[K]> | null : WithNulls<T[K]> }
    : T

/** `T` without `null` in optional fields. */
export type WithoutNulls<T> = T extends readonly (infer Item)[]
  ? WithoutNulls<Item>[]
  : T extends object
    ? { [K in keyof T]: undefined extends T[K] ? WithoutNulls<Exclude<T[K], null>> : WithoutNulls<T[K]> }
    : T

/**
 * The schema of a request from that of an answer: each optional field, at any depth, accepts `null` for "not set" (contract rule 28).
 * A schema that changes has its name in the OpenAPI document with `New` before it.
 */
export function acceptsNull<T extends TSchema>(schema: T) {
  return Type.Unsafe<WithNulls<Static<T>>>(nullable(schema))
}

function nullable(schema: TSchema): TSchema {
  if (Array.isArray(schema.anyOf)) {
    const anyOf = (schema.anyOf as TSchema[]).map(nullable)
    return anyOf.every((one, index) => one === schema.anyOf[index]) ? schema : renamed({ ...schema, anyOf })
  }
  if (schema.type === 'array') {
    const items = nullable(schema.items)
    return items === schema.items ? schema : { ...schema, items }
  }
  if (schema.type !== 'object' || schema.properties === undefined) return schema
  const before = schema.properties as TProperties
  const required = new Set<string>(schema.required)
  const properties: TProperties = {}
  for (const [name, field] of Object.entries(before)) {
    const inner = nullable(field)
    properties[name] = required.has(name) || acceptsNullAlready(inner) ? inner : orNull(inner)
  }
  const isSame = Object.entries(properties).every(([name, field]) => field === before[name])
  return isSame ? schema : renamed({ ...schema, properties })
}

/** The description stays with the field, where the document shows it. */
function orNull(field: TSchema): TSchema {
  const description = field['x-use'] ?? field.description
  return Type.Optional(Type.Union([Type.Optional(field, false), Type.Null()], description === undefined ? {} : { description }))
}

const acceptsNullAlready = (field: TSchema) =>
  Array.isArray(field.anyOf) && (field.anyOf as TSchema[]).some((choice) => choice.type === 'null')

function renamed(schema: TSchema): TSchema {
  const name = schema['x-schema']
  return typeof name === 'string' && !name.startsWith('New') ? { ...schema, 'x-schema': `New${name}` } : schema
}

/** A value of a request as it is kept: a field that is `null` is left out, at any depth. */
export function withoutNulls<T>(value: T): WithoutNulls<T> {
  return dropNulls(value) as WithoutNulls<T>
}

function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls)
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(fields.map(([name, field]) => [name, dropNulls(field)]))
}
