import { expect, test } from 'vitest'
import { positionIn } from './stream-position.ts'

test('positions rise along a stream, and go on rising in one that was made anew', () => {
  const madeAt = new Date('2026-03-02T09:00:00.900Z')
  const first = positionIn(madeAt, 1)
  expect(positionIn(madeAt, 2)).toBe(first + 1)
  const aMinuteLater = new Date(madeAt.getTime() + 60_000)
  expect(positionIn(aMinuteLater, 1)).toBeGreaterThan(positionIn(madeAt, 50_000_000))
  expect(positionIn(new Date('2299-12-31T00:00:00Z'), 1e12)).toBeLessThan(Number.MAX_SAFE_INTEGER)
})
