import { expect, test } from 'vitest'
import { guardedCell, guardedText } from './spreadsheet.ts'

test.each([
  ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
  ['+1+cmd|calc', "'+1+cmd|calc"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['Amina = 3', 'Amina = 3'],
  ['+212612345678', '+212612345678'],
  ['-15', '-15'],
  ['', ''],
])('the text %j is written as %j', (text, written) => {
  expect(guardedText(text)).toBe(written)
})

test('numbers and empty cells stay what they are', () => {
  expect([-1.5, null].map(guardedCell)).toEqual([-1.5, null])
})
