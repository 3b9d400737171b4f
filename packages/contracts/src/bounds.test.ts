import { readdirSync } from 'node:fs'
import { FlowGraph } from '@carillon/call-flow/graph'
import { TypeGuard } from '@sinclair/typebox'
import { expect, test } from 'vitest'

/** The schemas of what a client sends, by their names. */
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
const modules = await Promise.all(files.map((name) => import(new URL(name, import.meta.url).href) as Promise<Record<string, unknown>>))
const requests: [string, unknown][] = [
  ...modules
    .flatMap((exported) => Object.entries(exported))
    .filter(([name, value]) => /(?:Request|Input|Query|Params|Headers)$/.test(name) && TypeGuard.IsSchema(value)),
  ['FlowGraph', FlowGraph],
]

interface Schema {
  type?: string
  format?: string
  pattern?: string
  [keyword: string]: unknown
}

/** The places of a schema that take a text, a list or a map without a limit. */
function boundless(schema: Schema, place: string): string[] {
  const { type, format, pattern = '', maxLength, maxItems, maxProperties, patternProperties } = schema
  const hasFixedPattern = pattern.startsWith('^') && pattern.endsWith('$') && !/[*+](?![^[]*\])|,\}/.test(pattern)
  const own =
    (type === 'string' && maxLength === undefined && format !== 'uuid' && schema.const === undefined && !hasFixedPattern) ||
    (type === 'array' && maxItems === undefined) ||
    (type === 'object' && patternProperties !== undefined && maxProperties === undefined)
  const inner = ['anyOf', 'allOf', 'properties', 'patternProperties'].flatMap((key) => Object.entries((schema[key] ?? {}) as object))
  return [
    ...(own ? [place] : []),
    ...inner.flatMap(([key, value]) => boundless(value as Schema, `${place}.${key}`)),
    ...(schema.items === undefined ? [] : boundless(schema.items as Schema, `${place}[]`)),
  ]
}

test('the schemas of requests are found', () => {
  expect(requests.length).toBeGreaterThan(15)
})

test.each(requests)('every text, list and map of %s has a bound', (name, schema) => {
  expect(boundless(schema as Schema, name)).toEqual([])
})

/** The places of a schema that take a NUL or half a surrogate pair: Postgres stores neither. */
function unstorable(schema: Schema, place: string): string[] {
  const { type, format, pattern, maxLength } = schema
  const takes = (text: string) => pattern === undefined || new RegExp(pattern, 'u').test(text)
  const isFree = type === 'string' && format === undefined && schema.const === undefined && maxLength !== undefined
  const own = isFree && ['a\0b', 'a\ud800b'].some(takes)
  const inner = ['anyOf', 'allOf', 'properties'].flatMap((key) => Object.entries((schema[key] ?? {}) as object))
  return [
    ...(own ? [place] : []),
    ...inner.flatMap(([key, value]) => unstorable(value as Schema, `${place}.${key}`)),
    ...(schema.items === undefined ? [] : unstorable(schema.items as Schema, `${place}[]`)),
  ]
}

// Flow graphs are checked by @carillon/call-flow.
test.each(requests.filter(([name]) => name !== 'FlowGraph'))('every text of %s can be stored', (name, schema) => {
  expect(unstorable(schema as Schema, name)).toEqual([])
})
