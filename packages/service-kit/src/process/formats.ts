import { FormatRegistry } from '@sinclair/typebox'
import { fullFormats } from 'ajv-formats/dist/formats.js'

/** RFC 9562's text form alone: Postgres takes no `urn:uuid:` before it. */
export const uuidFormat = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

// TypeBox's own checks get the formats that the contracts use, in the meaning that they have on HTTP.
FormatRegistry.Set('uuid', (value) => uuidFormat.test(value))
FormatRegistry.Set('date-time', predicate(fullFormats['date-time']))

function predicate(format: unknown): (value: string) => boolean {
  if (typeof format === 'object' && format !== null && 'validate' in format && typeof format.validate === 'function') {
    const { validate } = format
    return (value) => validate(value) === true
  }
  throw new Error('ajv-formats has changed the form of its formats')
}
