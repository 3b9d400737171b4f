import { FormatRegistry } from '@sinclair/typebox'
import { fullFormats } from 'ajv-formats/dist/formats.js'

/** The text form of RFC 9562, without the prefix `urn:uuid:`, which Postgres does not accept. */
export const uuidFormat = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

// TypeBox's own checks know no formats. They get those of the contracts, with the same meaning as in HTTP requests.
FormatRegistry.Set('uuid', (value) => uuidFormat.test(value))
FormatRegistry.Set('date-time', predicate(fullFormats['date-time']))

const isDateTime = predicate(fullFormats['date-time'])
const firstInstantMs = Date.UTC(2000, 0, 1)
const endOfInstantsMs = Date.UTC(2101, 0, 1)

/** An instant that a request may name: with an offset, and between the years 2000 and 2100 in UTC (contract rules 12 and 29). */
export function isRequestInstant(text: string): boolean {
  if (!isDateTime(text)) return false
  const atMs = Date.parse(text)
  return atMs >= firstInstantMs && atMs < endOfInstantsMs
}

function predicate(format: unknown): (value: string) => boolean {
  if (typeof format === 'object' && format !== null && 'validate' in format && typeof format.validate === 'function') {
    const { validate } = format
    return (value) => validate(value) === true
  }
  throw new Error('ajv-formats no longer exports formats with a validate function')
}
