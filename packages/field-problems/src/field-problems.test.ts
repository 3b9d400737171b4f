import { expect, test } from 'vitest'
import { findProblems, maxProblems } from './field-problems.ts'
import type { JsonSchema } from './json-schema.ts'

/** What is wrong, as `pointer message`. */
const found = (schema: JsonSchema, value: unknown) =>
  findProblems(schema, value).problems.map((problem) => `${problem.pointer} ${problem.message}`)

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const instant: JsonSchema = { type: 'string', format: 'date-time', examples: ['2026-03-01T09:00:00Z'] }
const country: JsonSchema = { type: 'string', pattern: '^[A-Z]{2}$', 'x-meaning': 'two capital letters', examples: ['MA'] }
const flag: JsonSchema = { type: 'boolean' }

test.each<[string, JsonSchema, unknown, string]>([
  ['another type', { type: 'integer' }, 'x', 'must be a whole number'],
  ['a fraction', { type: 'integer', minimum: 1, maximum: 9 }, 1.5, 'must be a whole number from 1 to 9'],
  ['a number below its minimum', { type: 'number', minimum: 1 }, 0, 'must be a number of at least 1'],
  ['a number at an exclusive limit', { type: 'number', exclusiveMinimum: 0, maximum: 5 }, 0, 'must be a number above 0 and of at most 5'],
  ['a number between two steps', { type: 'number', multipleOf: 5 }, 7, 'must be a number a multiple of 5'],
  ['a number for a boolean', flag, 1, 'must be true or false'],
  ['a text for an object', object({}), 'x', 'must be an object'],
  ['an object for a list', { type: 'array', minItems: 1, maxItems: 3 }, {}, 'must be a list of 1 to 3 items'],
  ['an empty text', { type: 'string', minLength: 1 }, '', 'must not be empty'],
  ['a text that is too short', { type: 'string', minLength: 2 }, 'a', 'must have at least 2 characters'],
  ['a text that is too long', { type: 'string', maxLength: 2 }, 'abc', 'must have at most 2 characters; it has 3'],
  ['a text against a pattern with a meaning', country, 'ma', 'must be two capital letters, such as MA'],
  ['a text against a pattern without one', { type: 'string', pattern: '^a$' }, 'b', 'must match the pattern ^a$'],
  ['a list that is too long', { type: 'array', maxItems: 1, items: flag }, [1, 2], 'must have at most 1 item; it has 2'],
  ['a list that is too short', { type: 'array', minItems: 2, items: flag }, [true], 'must have at least 2 items'],
  ['a value outside a list', { enum: ['a', 'b'] }, 'c', 'must be one of "a", "b"'],
  ['a value other than a constant', { const: 'a' }, 'b', 'must be "a"'],
  ['a union of constants', { anyOf: [{ const: 'a' }, { const: 'b' }] }, 'c', 'must be one of "a", "b"'],
  ['too few fields', { type: 'object', minProperties: 1 }, {}, 'must have at least 1 field'],
  ['too many fields', { type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, 'must have at most 1 field; it has 2'],
  [
    'a union of types',
    { anyOf: [{ type: 'string', maxLength: 1 }, flag, { type: 'null' }] },
    5,
    'must be a text of at most 1 character, or true or false, or null',
  ],
  ['a union whose type fits', { anyOf: [{ type: 'string', maxLength: 1 }, flag] }, 'ab', 'must have at most 1 character; it has 2'],
  ['a nullable field', { anyOf: [country, { type: 'null' }] }, 'x', 'must be two capital letters, such as MA'],
  [
    'another type for a nullable field',
    { anyOf: [instant, { type: 'null' }] },
    5,
    'must be an instant with an offset, such as 2026-03-01T09:00:00Z, or null',
  ],
])('%s is told with what was expected', (_case, schema, value, message) => {
  expect(found(schema, value)).toEqual([` ${message}`])
})

test('a format is checked by the caller', () => {
  const never = findProblems(instant, 'tomorrow', () => false).problems
  expect(never).toEqual([{ pointer: '', keyword: 'format', message: 'must be an instant with an offset, such as 2026-03-01T09:00:00Z' }])
})

test('fields are named by their place, missing ones with what they take', () => {
  const schema = object({ 'a/b~': flag, list: { type: 'array', items: { type: 'integer' } }, at: instant }, ['at'])
  expect(found(schema, { 'a/b~': 1, list: [1, 'x'] })).toEqual([
    '/at is required: an instant with an offset, such as 2026-03-01T09:00:00Z',
    '/a~1b~0 must be true or false',
    '/list/1 must be a whole number',
  ])
})

test('a missing field with a default is none', () => {
  expect(found(object({ page: { type: 'integer', default: 1 } }, ['page']), {})).toEqual([])
})

test.each([
  ['retyrOn', 'is not known; did you mean retryOn?'],
  ['MAXRETRIES', 'is not known; did you mean maxRetries?'],
  ['colour', 'is not known; known are retryOn, maxRetries'],
])('the unknown field %s is told with the name that was meant', (key, message) => {
  expect(found(object({ retryOn: flag, maxRetries: flag }), { [key]: true })).toEqual([`/${key} ${message}`])
})

test('an item that stands twice in a list is named, with its first place', () => {
  const list: JsonSchema = { type: 'array', uniqueItems: true }
  expect(found(list, ['a', 1, '1', 'a'])).toEqual(['/3 repeats item 0 of the list: no item may stand there twice'])
  expect(
    found(list, [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ]),
  ).toHaveLength(1)
  expect(found(list, [1, '1', null, 'null', { a: 1 }, { a: '1' }, '{"a":1}'])).toEqual([])
})

const strategy: JsonSchema = {
  anyOf: [
    object({ type: { const: 'none' } }, ['type']),
    object({ type: { const: 'fixed' }, delay: { type: 'integer' }, retryOn: flag }, ['type', 'delay']),
    object({ type: { anyOf: [{ const: 'list' }, { const: 'set' }] }, dates: { type: 'array' } }, ['type', 'dates']),
  ],
}

test.each<[string, unknown, string[]]>([
  ['a misspelt field', { type: 'fixed', delay: 1, retyrOn: true }, ['/retyrOn is not known; did you mean retryOn?']],
  ['a wrong value', { type: 'fixed', delay: 'x' }, ['/delay must be a whole number']],
  ['an unknown selector', { type: 'x', delay: 1 }, ['/type must be one of "none", "fixed", "list", "set"']],
  ['no selector', { delay: 1 }, ['/type is required: one of "none", "fixed", "list", "set"']],
  ['one of several selectors', { type: 'set' }, ['/dates is required: a list']],
  ['no object', 'fixed', [' must be an object']],
])('a union that is selected by a literal blames only the fields at fault: %s', (_case, value, problems) => {
  expect(found(strategy, value)).toEqual(problems)
  expect(found({ anyOf: [strategy, { type: 'null' }] }, value).length).toBe(problems.length)
})

test('a union of objects is selected by the field that only one of them has', () => {
  const either: JsonSchema = {
    anyOf: [object({ name: flag, all: flag }, ['name', 'all']), object({ name: flag, any: flag }, ['name', 'any'])],
  }
  expect(found(either, { name: true, any: 1 })).toEqual(['/any must be true or false'])
  expect(found(either, { name: true })).toEqual([' must have one of the fields all, any'])
  expect(found(either, { name: true, all: true, any: true })).toEqual([' must have only one of the fields all, any'])
})

test('at most twenty problems are described, and the others counted', () => {
  const { problems, more } = findProblems({ type: 'array', items: flag }, Array(1_000).fill(1))
  expect([problems.length, more]).toEqual([maxProblems, 980])
})

test('the items of a list that is too long are not looked at', () => {
  expect(found({ type: 'array', maxItems: 2, items: flag, uniqueItems: true }, [1, 1, 1])).toEqual([' must have at most 2 items; it has 3'])
})
