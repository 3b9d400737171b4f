import { readFileSync } from 'node:fs'
import { isTestNumber, testNumbers } from '@carillon/contracts/test-numbers'
import { countryOf, parsePhoneNumber } from '@carillon/telephony/phone-number'
import { describe, expect, test } from 'vitest'
import { readProfile } from './profile.ts'
import { parseScript } from './script.ts'
import { withTestNumbers } from './test-numbers.ts'

describe.each(testNumbers.map((row) => [row.number, row] as const))('the test number %s', (number, { attempts, outcomes }) => {
  test('can be the number of a contact of any country, and belongs to none', () => {
    for (const country of ['MA', 'US', 'GB']) expect(parsePhoneNumber(number, country)).toEqual({ ok: true, number })
    expect([isTestNumber(number), countryOf(number)]).toEqual([true, null])
  })

  test('has a script and an outcome for each attempt', () => {
    expect(attempts.map((script) => parseScript(script).type)).toHaveLength(outcomes.length)
  })
})

test('no number is in the table twice', () => {
  expect(new Set(testNumbers.map(({ number }) => number)).size).toBe(testNumbers.length)
})

test.each(['+447700900000', '+447700900999'])('%s is in the range of test numbers', (number) => expect(isTestNumber(number)).toBe(true))
test.each(['+447700899999', '+447700901000', '+4477009000000', '447700900000'])('%s is not in the range of test numbers', (number) =>
  expect(isTestNumber(number)).toBe(false),
)

test('a script of the profile goes before that of a test number', () => {
  const { numbers } = withTestNumbers(readProfile({ numbers: { '+447700900001': ['busy'] } }))
  expect([numbers['+447700900001'], numbers['+447700900041']]).toEqual([['busy'], ['no_answer']])
})

test('the guide to test mode lists every test number', () => {
  const rows = testNumbers.map(
    ({ number, outcomes, meaning }) => `| ${number} | ${meaning} | ${outcomes.map((outcome) => `\`${outcome}\``).join(', ')} |`,
  )
  const page = readFileSync(new URL('../../../../gateway/guides/7-test-mode.md', import.meta.url), 'utf8')
  expect(page.split('\n').filter((line) => line.startsWith('| +44'))).toEqual(rows)
})
