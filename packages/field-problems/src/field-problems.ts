import { counted, cut, expectationOf, oneOf } from './expectation.ts'
import { hasTypeOf, isPlainObject, type JsonSchema, listedValues, membersOf } from './json-schema.ts'
import { nearestName } from './nearest-name.ts'
import { pointerStep } from './pointer.ts'
import { unionMember } from './union.ts'
import { duplicateOf } from './unique-items.ts'

/** What is wrong with one field. `message` continues its name: `must be a whole number`. */
export interface FoundProblem {
  readonly pointer: string
  readonly message: string
  /** The keyword that was broken; `discriminator` for a value that selects no member of a union. */
  readonly keyword: string
}

export interface FoundProblems {
  readonly problems: readonly FoundProblem[]
  /** How many problems there are besides those. At `maxCounted` in all the search ended, and there may be more. */
  readonly more: number
}

/** Whether a text has a format. A format that is not known is not checked. */
export type FormatCheck = (format: string, text: string) => boolean

/** More problems than a person repairs at once are counted, but not described. */
export const maxProblems = 20

/** Nothing more is looked for after this many problems. */
export const maxCounted = 1_000

/**
 * Explains why a value does not match a schema. The work grows with the size of the value alone: the items of a list that is too long are not looked at,
 * and repeated items are found in one pass. A value of a union is compared with the member that it was meant to be.
 *
 * It explains what a validator has refused. It finds nothing where only a keyword is broken that it does not know.
 */
export function findProblems(schema: JsonSchema, value: unknown, isFormat: FormatCheck = () => true): FoundProblems {
  const problems: FoundProblem[] = []
  let count = 0
  const report: Report = (pointer, keyword, message) => {
    count++
    if (problems.length < maxProblems) problems.push({ pointer: pointer(), keyword, message: message() })
    return count < maxCounted
  }
  walk(schema, value, () => '', { report, isFormat })
  return { problems, more: count - problems.length }
}

/** Pointers and messages are made only for the problems that are described. Returns false where one problem is enough. */
type Report = (pointer: () => string, keyword: string, message: () => string) => boolean

interface Walk {
  readonly report: Report
  readonly isFormat: FormatCheck
}

/** Whether the value matches the schema. */
function matches(schema: JsonSchema, value: unknown, isFormat: FormatCheck): boolean {
  return walk(schema, value, () => '', { report: () => false, isFormat })
}

/** Reports what is wrong. Returns false as soon as `report` has: then nothing more is looked for. */
function walk(schema: JsonSchema, value: unknown, pointer: () => string, context: Walk): boolean {
  const { report, isFormat } = context
  const fail = (keyword: string, message: () => string) => report(pointer, keyword, message)
  const mustBe = (keyword: string) => fail(keyword, () => `must be ${expectationOf(schema)}`)
  const listed = listedValues(schema)
  if (listed) return listed.includes(value) || mustBe('enum')
  const members = membersOf(schema)
  if (members) {
    const choice = unionMember(members, value)
    if ('member' in choice && choice.isOnly) return walk(choice.member, value, pointer, context)
    if (!('isOnly' in choice && choice.isOnly) && members.some((member) => matches(member, value, isFormat))) return true
    if ('member' in choice) return walk(choice.member, value, pointer, context)
    if (choice.property === undefined) return fail('anyOf', () => `must ${choice.expected ?? `be ${expectationOf(schema)}`}`)
    const { property, values } = choice
    const given = isPlainObject(value) && Object.hasOwn(value, property)
    return report(
      () => pointer() + pointerStep(property),
      given ? 'discriminator' : 'required',
      () => (given ? `must be ${oneOf(values)}` : `is required: ${oneOf(values)}`),
    )
  }
  if (!hasTypeOf(schema, value)) return mustBe('type')
  if (schema.allOf && !schema.allOf.every((part) => walk(part, value, pointer, context))) return false
  if (typeof value === 'string') return checkText(schema, value, isFormat, fail)
  if (typeof value === 'number') return isInRange(schema, value) || mustBe('minimum')
  if (Array.isArray(value)) return walkItems(schema, value, pointer, context)
  return isPlainObject(value) ? walkProperties(schema, value, pointer, context) : true
}

type Fail = (keyword: string, message: () => string) => boolean

/** A text breaks one rule at a time: the length is checked first, so that no pattern runs over a text that is too long. */
function checkText(schema: JsonSchema, text: string, isFormat: FormatCheck, fail: Fail): boolean {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = schema
  if (text.length > maxLength * 2 || characters(text) > maxLength) {
    return fail('maxLength', () => `must have at most ${counted(maxLength, 'character')}; it has ${characters(text)}`)
  }
  if (characters(text) < minLength) {
    return fail('minLength', () => (minLength === 1 ? 'must not be empty' : `must have at least ${counted(minLength, 'character')}`))
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text)) {
    return fail('pattern', () =>
      schema['x-meaning'] === undefined ? `must match the pattern ${cut(pattern, 100)}` : `must be ${expectationOf(schema)}`,
    )
  }
  return format === undefined || isFormat(format, text) || fail('format', () => `must be ${expectationOf(schema)}`)
}

/** The length of a text as JSON Schema counts it: a surrogate pair is one character. */
function characters(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const isPair = (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
    if (isPair) count--
  }
  return count
}

function isInRange(schema: JsonSchema, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity, multipleOf } = schema
  const fits = value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum
  return fits && (multipleOf === undefined || Number.isInteger(value / multipleOf))
}

function walkItems(schema: JsonSchema, items: readonly unknown[], pointer: () => string, context: Walk): boolean {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items: item, uniqueItems } = schema
  const fail: Fail = (keyword, message) => context.report(pointer, keyword, message)
  if (items.length > maxItems) {
    return fail('maxItems', () => `must have at most ${counted(maxItems, 'item')}; it has ${items.length}`)
  }
  if (items.length < minItems && !fail('minItems', () => `must have at least ${counted(minItems, 'item')}`)) return false
  if (item && !items.every((value, index) => walk(item, value, () => pointer() + pointerStep(index), context))) return false
  const repeated = uniqueItems === true ? duplicateOf(items) : undefined
  if (!repeated) return true
  return context.report(
    () => pointer() + pointerStep(repeated.index),
    'uniqueItems',
    () => `repeats item ${repeated.first} of the list: no item may stand there twice`,
  )
}

function walkProperties(schema: JsonSchema, value: Record<string, unknown>, pointer: () => string, context: Walk): boolean {
  const { properties = {}, required = [], additionalProperties, minProperties = 0, maxProperties = Infinity } = schema
  const below = (key: string) => () => pointer() + pointerStep(key)
  const isMissing = (key: string) => !Object.hasOwn(value, key) || value[key] === undefined
  for (const key of required) {
    const field = properties[key] ?? {}
    if (!isMissing(key) || field.default !== undefined) continue
    if (!context.report(below(key), 'required', () => `is required: ${expectationOf(field)}`)) return false
  }
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  const fail: Fail = (keyword, message) => context.report(pointer, keyword, message)
  if (keys.length > maxProperties) {
    return fail('maxProperties', () => `must have at most ${counted(maxProperties, 'field')}; it has ${keys.length}`)
  }
  if (keys.length < minProperties && !fail('minProperties', () => `must have at least ${counted(minProperties, 'field')}`)) return false
  const patterns = Object.entries(schema.patternProperties ?? {}).map(([pattern, field]) => [new RegExp(pattern, 'u'), field] as const)
  for (const key of keys) {
    const known = Object.hasOwn(properties, key) ? properties[key] : patterns.find(([pattern]) => pattern.test(key))?.[1]
    const field = known ?? additionalProperties
    if (field === undefined || field === true) continue
    const isFine =
      field === false
        ? context.report(below(key), 'additionalProperties', () => unknownField(key, Object.keys(properties)))
        : walk(field, value[key], below(key), context)
    if (!isFine) return false
  }
  return true
}

function unknownField(key: string, known: readonly string[]): string {
  const near = nearestName(key, known)
  if (near !== undefined) return `is not known; did you mean ${near}?`
  if (known.length === 0) return 'is not known; none is taken here'
  return known.length > 20 ? 'is not known' : `is not known; known are ${known.join(', ')}`
}
