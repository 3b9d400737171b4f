import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outcomeOf } from '../src/test-report.ts'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('outcome')

function reported(report: object): string {
  const path = join(dir, 'report.json')
  writeFileSync(path, JSON.stringify(report))
  return path
}

const file = (status: string, assertions: number) => ({ status, assertionResults: Array(assertions).fill({}) })

test.each([
  ['all passed', { numPassedTests: 3, numFailedTests: 0, testResults: [file('passed', 3)] }, 0, { passed: 3, failed: 0 }],
  ['one failed', { numPassedTests: 2, numFailedTests: 1, testResults: [file('failed', 3)] }, 1, { passed: 2, failed: 1 }],
  [
    'a file does not load',
    { numPassedTests: 2, numFailedTests: 0, testResults: [file('passed', 2), file('failed', 0)] },
    1,
    { passed: 2, failed: 1 },
  ],
  ['an error outside any test', { numPassedTests: 2, numFailedTests: 0, testResults: [file('passed', 2)] }, 1, { passed: 2, failed: 1 }],
])('%s', (_title, report, exitCode, outcome) => {
  expect(outcomeOf(reported(report), exitCode)).toEqual(outcome)
})

test('a run that wrote no report has failed', () => {
  expect(outcomeOf(join(dir, 'none.json'), 0)).toEqual({ passed: 0, failed: 1 })
})
