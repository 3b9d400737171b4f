import type { Fields, Json } from './json.ts'

/**
 * A copy in which each schema is said in its plainest form: a union of constants is one `enum`, and a value that may be null is of two types.
 * It allows the same values. Generators of clients make a plain type of this form, and a class of its own of an `anyOf`.
 */
export function plainSchemas(value: Json): Json {
  if (Array.isArray(value)) return value.map(plainSchemas)
  if (!isFields(value)) return value
  const fields: Fields = Object.fromEntries(Object.entries(value).map(([key, field]) => [key, isSample(key) ? field : plainSchemas(field)]))
  const { anyOf, ...rest } = fields
  if (!Array.isArray(anyOf) || !anyOf.every(isFields)) return fields
  const { named, isNullable } = withoutNull(anyOf)
  const [first] = named
  if (first === undefined) return fields
  const plain = named.length === 1 ? first : asEnum(named)
  if (plain === undefined || 'const' in plain || typeof plain.type !== 'string' || sharesMoreThanText(plain, rest)) return fields
  return { ...plain, ...rest, ...(isNullable ? nullable(plain, plain.type) : {}) }
}

function withoutNull(members: Fields[]): { named: Fields[]; isNullable: boolean } {
  const named = members.filter(({ type }) => type !== 'null')
  return { named, isNullable: named.length < members.length }
}

/** One `enum` of constants of one type that have nothing else to say. */
function asEnum(members: Fields[]): Fields | undefined {
  const { type } = members[0] ?? {}
  const areConstants = members.every((member) => 'const' in member && member.type === type && Object.keys(member).length === 2)
  return areConstants && type !== undefined ? { type, enum: members.map((member) => member.const ?? null) } : undefined
}

function nullable(schema: Fields, type: string): Fields {
  return { type: [type, 'null'], ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}) }
}

/** Whether both restrict the value by the same word: then one would overwrite the other. */
function sharesMoreThanText(inner: Fields, outer: Fields): boolean {
  return Object.keys(inner).some((key) => key in outer && !['description', 'title', 'examples', 'default'].includes(key))
}

/** Data that may look like a schema. */
function isSample(key: string): boolean {
  return ['example', 'examples', 'default', 'const', 'enum'].includes(key)
}

function isFields(value: Json): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
