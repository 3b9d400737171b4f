import { type JsonSchema, listedValues, membersOf } from './json-schema.ts'

const maxListed = 20
const maxShownLength = 100

const formatMeanings: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  'date-time': 'an instant with an offset',
}

/** What a schema takes, as the end of the sentence "it must be …", with an example where the schema has one. */
export function expectationOf(schema: JsonSchema): string {
  const [example] = schema.examples ?? []
  return example === undefined ? meaningOf(schema) : `${meaningOf(schema)}, such as ${shown(example)}`
}

function meaningOf(schema: JsonSchema): string {
  if (schema['x-meaning'] !== undefined) return schema['x-meaning']
  const listed = listedValues(schema)
  if (listed) return oneOf(listed)
  const members = membersOf(schema)
  if (members) return [...new Set(members.map(expectationOf))].join(', or ')
  if (schema.format !== undefined) return formatMeanings[schema.format] ?? `a text in the format ${schema.format}`
  switch (schema.type) {
    case 'string':
      return `a text${lengthOf(schema)}`
    case 'integer':
      return `a whole number${rangeOf(schema)}`
    case 'number':
      return `a number${rangeOf(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `a list${sizeOf(schema)}`
    case 'object':
      return 'an object'
    case 'null':
      return 'null'
    default:
      return 'of another type'
  }
}

/** `"a"`, or `one of "a", "b", "c"`. */
export function oneOf(values: readonly unknown[]): string {
  const listed = values.slice(0, maxListed).map((value) => JSON.stringify(value))
  const rest = values.length - listed.length
  return `${values.length === 1 ? '' : 'one of '}${listed.join(', ')}${rest > 0 ? ` and ${rest} others` : ''}`
}

function lengthOf({ minLength = 0, maxLength }: JsonSchema): string {
  if (maxLength === undefined) return minLength > 0 ? ` of at least ${counted(minLength, 'character')}` : ''
  return minLength > 0 ? ` of ${minLength} to ${maxLength} characters` : ` of at most ${counted(maxLength, 'character')}`
}

function sizeOf({ minItems = 0, maxItems }: JsonSchema): string {
  if (maxItems === undefined) return minItems > 0 ? ` of at least ${counted(minItems, 'item')}` : ''
  return minItems > 0 ? ` of ${minItems} to ${maxItems} items` : ` of at most ${counted(maxItems, 'item')}`
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema): string {
  const range =
    minimum !== undefined && maximum !== undefined
      ? [`from ${minimum} to ${maximum}`]
      : [
          ...(minimum === undefined ? [] : [`of at least ${minimum}`]),
          ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
          ...(maximum === undefined ? [] : [`of at most ${maximum}`]),
          ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
        ]
  const limits = [...range, ...(multipleOf === undefined ? [] : [`a multiple of ${multipleOf}`])]
  return limits.length === 0 ? '' : ` ${limits.join(' and ')}`
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function shown(example: unknown): string {
  return cut(typeof example === 'string' ? example : JSON.stringify(example), maxShownLength)
}

/** A text without its end, if it is too long to be shown. */
export function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength).toWellFormed()}…`
}
