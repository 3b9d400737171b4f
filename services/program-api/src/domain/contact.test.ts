import { expect, test } from 'vitest'
import { attributesFit, changedAttributes } from './contact.ts'

const types = new Map(Array.from({ length: 40 }, (_, index) => [`text_${index}`, 'text'] as const))
const texts = (from: number, to: number, text = 'x'.repeat(2_000)) =>
  Object.fromEntries([...types.keys()].slice(from, to).map((slug) => [slug, text]))

test('attributes that are too large together are refused, with those that the contact has', () => {
  const before = changedAttributes({}, texts(0, 20), types)
  expect(() => changedAttributes(before, texts(20, 40), types)).toThrow(
    expect.objectContaining({ name: 'ValidationError', details: [expect.objectContaining({ pointer: '/attributes' })] }),
  )
})

test('the size of attributes is that of their JSON in UTF-8', () => {
  expect(attributesFit(JSON.stringify('x'.repeat(65_534)))).toBe(true)
  expect(attributesFit(JSON.stringify('x'.repeat(65_535)))).toBe(false)
  expect(attributesFit(JSON.stringify('€'.repeat(21_845)))).toBe(false)
})
