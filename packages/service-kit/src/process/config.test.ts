import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

const schema = Type.Object({
  PORT: Type.Integer({ default: 80, maximum: 65_535 }),
  URL: Type.String({ minLength: 1 }),
  FLAG: Type.Optional(Type.Boolean()),
})

test('text becomes the type of the schema, defaults are filled in, and other variables are left out', () => {
  expect(loadConfig(schema, { URL: 'x', FLAG: 'true', HOME: '/root' })).toEqual({ PORT: 80, URL: 'x', FLAG: true })
})

test('every variable at fault is named', () => {
  expect(() => loadConfig(schema, { PORT: '70000', URL: '' })).toThrow(/PORT: .*\n.*URL: /s)
})
