import type { ImportResult } from '@carillon/contracts/contact-import'
import { expect, test } from 'vitest'
import { reports } from '../../test/support/reports.ts'
import { rejectionLines } from './rejection-lines.ts'

test('a rejected row shows its line, the reason and the value', () => {
  expect(rejectionLines(reports.import)).toEqual(['  line 3: the number has too few digits for its country: "0612"'])
})

test('after ten rows stands where the others are listed', () => {
  const rejections = Array.from({ length: 12 }, (_, index) => ({
    line: index + 2,
    reason: 'missing',
    message: 'there is no number',
    value: '',
  }))
  const result: ImportResult = { ...reports.import, rejected: 1_500, rejections }
  const lines = rejectionLines(result)
  expect(lines).toHaveLength(11)
  expect(lines[0]).toBe('  line 2: there is no number')
  expect(lines[10]).toBe(`  1,490 more: GET /contacts/imports/${result.importId}/rejections`)
})
