import { expect, test } from 'vitest'
import { plainSchemas } from './plain-schemas.ts'

const text = (value: string) => ({ const: value, type: 'string' })

test('a union of constants is one enum with its description', () => {
  expect(plainSchemas({ description: 'Status', anyOf: [text('draft'), text('active')] })).toEqual({
    description: 'Status',
    type: 'string',
    enum: ['draft', 'active'],
  })
})

test('a constant or an enum that may be null keeps null among its values', () => {
  expect(plainSchemas({ anyOf: [text('busy'), text('failed'), { type: 'null' }] })).toEqual({
    type: ['string', 'null'],
    enum: ['busy', 'failed', null],
  })
  expect(plainSchemas({ anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] })).toEqual({
    type: ['string', 'null'],
    enum: ['a', null],
  })
})

test('a value that may be null is of two types, and keeps its bounds', () => {
  expect(
    plainSchemas({
      type: 'object',
      properties: { name: { description: 'Name', anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] } },
    }),
  ).toEqual({ type: 'object', properties: { name: { description: 'Name', type: ['string', 'null'], maxLength: 9 } } })
})

test('a union of other schemas stays as it is', () => {
  const unions = [
    { anyOf: [{ $ref: '#/components/schemas/Outcome' }, { type: 'null' }] },
    { anyOf: [text('one'), { type: 'number' }] },
    { anyOf: [text('one'), { const: 1, type: 'number' }] },
    { anyOf: [{ ...text('one'), description: 'The first' }, text('two')] },
    { type: 'string', anyOf: [text('one'), text('two')] },
    { anyOf: [{ type: 'null' }] },
  ]
  for (const union of unions) expect(plainSchemas(union)).toEqual(union)
})

test('data in examples is not taken for a schema', () => {
  const schema = { type: 'object', examples: [{ anyOf: [text('one'), text('two')] }] }
  expect(plainSchemas(schema)).toEqual(schema)
})
