import { describe, expect, test } from 'vitest'
import { noCalls } from './attempt-stats.ts'
import { answerRateOf, averageDurationOf, isSuspect } from './segments.ts'

const counts = (answered: number, noAnswer: number) => ({ ...noCalls(), started: answered + noAnswer, answered, noAnswer })

test('the answer rate counts calls that have ended', () => {
  expect(answerRateOf({ ...counts(1, 2), started: 9 })).toBe(33.33)
  expect(answerRateOf(noCalls())).toBe(0)
  expect(averageDurationOf({ ...counts(2, 5), voicemail: 1, connectedDurationMs: 9_000 })).toBe(3_000)
})

describe('a DID is suspect', () => {
  const pool = [counts(400, 600), counts(410, 590)]
  test.each([
    ['far below the others, over many calls', counts(40, 160), true],
    ['far below the others, over few calls', counts(5, 40), false],
    ['a little below the others', counts(350, 650), false],
    ['as good as the others', counts(80, 120), false],
    ['never answered', counts(0, 60), true],
  ])('%s: %o', (_what, did, expected) => {
    expect(isSuspect(did, [...pool, did])).toBe(expected)
  })

  test('not without others', () => {
    const did = counts(0, 500)
    expect(isSuspect(did, [did])).toBe(false)
  })
})
