import { expect, test } from 'vitest'
import { reports } from '../../test/support/reports.ts'
import { finalReport } from './final-report.ts'

test('every answer of the API has its table', () => {
  const lines = finalReport(reports, 80, 120)
  expect(lines.slice(0, 4)).toEqual([
    'CONTACTS                 CALLS                       IMPORT',
    '─────────────────────    ────────────────────────    ─────────────────',
    'Execution   completed    Calls                  3    Rows            4',
    'Contacts            2    Answered               1    Created         2',
  ])
  expect(lines).toContain('ATTEMPTS              1           Total')
  expect(lines).toContain('Answered              1  33.33 %      1  33.33 %')
  expect(lines).toContain('menu         dtmf      1   33.33 %           2')
  expect(lines).toContain('  pressed 1                50.00 %           1')
  expect(lines).toContain('dial              3  35 s  2.625075')
  expect(lines.at(-1)).toBe('Durations are in platform time, which passed 120 times as fast as real time.')
})

test('attempts that do not fit beside each other go on below', () => {
  const [attempt] = reports.breakdown.perAttempt
  const perAttempt = attempt ? [1, 2, 3, 4, 5].map((attemptNumber) => ({ ...attempt, attemptNumber })) : []
  const headers = finalReport({ ...reports, breakdown: { ...reports.breakdown, perAttempt } }, 80, 1).filter((line) =>
    line.startsWith('ATTEMPTS'),
  )
  expect(headers.map((line) => line.split(/\s+/).slice(1))).toEqual([
    ['1', '2', '3'],
    ['4', '5', 'Total'],
  ])
})
