import { expect, test } from 'vitest'
import { syntaxErrorAt } from './json-file.ts'

test.for([
  ['{"a": tru}', 6],
  ['{"a": 1,}', 8],
  ['{"a" 1}', 5],
  ['{a: 1}', 1],
  ['[1 2]', 3],
  ['[1, 2', 5],
  ['[1]]', 3],
  ['{"a": {"b": [}}', 13],
  ['{"a": "x\ny"}', 6],
  ['{"a": "\\q"}', 6],
  ['01', 1],
  ["{'a': 1}", 1],
  ['', 0],
  ['  hello', 2],
  ['{"a":1} {}', 8],
] as const)('%j stops being JSON at offset %i', ([text, offset]) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(syntaxErrorAt(text)).toBe(offset)
})
