import { is } from 'drizzle-orm'
import { PgArray, type PgColumn } from 'drizzle-orm/pg-core'

export type Row = Readonly<Record<string, unknown>>

/** How a column of many rows goes to Postgres: as one text, and as what the statement makes of it. */
export interface Encoding {
  /** The parameter's text. */
  encode(rows: readonly Row[], name: string): string
  /** SQL of an array that has an element for each row. */
  fromParameter(parameter: string): string
  /** The element's type, where the array can only hold its text: an array of arrays would fall apart in `unnest`. */
  cast: string | undefined
}

/*
 * The driver is given texts, not arrays. It takes the type of an array from the first element, so a boolean, a date or a null there would make another
 * prepared statement, and it would search every element twice for what to escape.
 */
export function encodingOf(column: PgColumn): Encoding {
  const type = column.getSQLType()
  if (type === 'json' || type === 'jsonb') {
    return {
      encode: jsonLines,
      fromParameter: (parameter) => `string_to_array(${parameter}::text, e'\\n', '')::${type}[]`,
      cast: undefined,
    }
  }
  const encode = (rows: readonly Row[], name: string) => arrayText(rows, name, column)
  if (is(column, PgArray)) return { encode, fromParameter: (parameter) => `${parameter}::text[]`, cast: type }
  return { encode, fromParameter: (parameter) => `${parameter}::${withoutModifier(type)}[]`, cast: undefined }
}

/** The type without its length or precision: a cast would cut a value that is too long, where the column refuses it. */
function withoutModifier(type: string): string {
  const plain = type.replace(/ ?\(.*?\)/, '')
  if (plain === 'char' || plain === 'varchar') return 'text'
  return plain.replace('serial', 'int')
}

/**
 * Documents go one a line: JSON.stringify writes no line break, and in an array each of their many quotes would have to be escaped. An empty line
 * is a null.
 */
function jsonLines(rows: readonly Row[], name: string): string {
  return rows.map((row) => (isMissing(row[name]) ? '' : JSON.stringify(row[name]))).join('\n')
}

/** An array as Postgres writes it. */
function arrayText(rows: readonly Row[], name: string, column: PgColumn): string {
  let text = ''
  for (const row of rows) {
    const value = row[name]
    text += isMissing(value) ? ',NULL' : `,${elementText(column.mapToDriverValue(value))}`
  }
  return `{${text.slice(1)}}`
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined
}

const special = /["\\]/
const specials = /["\\]/g

function elementText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return special.test(value) ? `"${value.replace(specials, '\\$&')}"` : `"${value}"`
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString('hex')}"`
      throw new TypeError(`a batch cannot write a value of type ${typeof value}`)
  }
}
