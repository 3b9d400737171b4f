/** The keywords of JSON Schema that the schemas of the project use. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema | undefined
  readonly required?: readonly string[]
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  /** What a value means, as the end of the sentence "it must be …": `an instant with an offset`. It says what a pattern or a format cannot. */
  readonly 'x-meaning'?: string
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value has one of the types that a schema names. A schema without `type` takes all. */
export function hasTypeOf(schema: JsonSchema, value: unknown): boolean {
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type
  return types === undefined || types.some((type) => isOfType(type, value))
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isPlainObject(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return Number.isFinite(value)
    default:
      return typeof value === type
  }
}

/** The members of a union; undefined for a schema that is none. */
export function membersOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  return schema.anyOf ?? schema.oneOf
}

const listedOf = new WeakMap<JsonSchema, readonly unknown[] | 'none'>()

/** The values that a schema lists, as a constant, as an enumeration or as a union of constants; undefined for another schema. */
export function listedValues(schema: JsonSchema): readonly unknown[] | undefined {
  const known = listedOf.get(schema) ?? findListedValues(schema) ?? 'none'
  listedOf.set(schema, known)
  return known === 'none' ? undefined : known
}

function findListedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const]
  if (schema.enum) return schema.enum
  const lists = membersOf(schema)?.map(listedValues)
  return lists?.every((list) => list !== undefined) ? lists.flat() : undefined
}
