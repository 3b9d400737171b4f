import { expect, test } from 'vitest'
import { localHour } from './local-hour.ts'

test.each([
  ['FR', '2026-01-15T12:59:59Z', 13],
  ['FR', '2026-07-15T12:00:00Z', 14],
  ['IN', '2026-01-15T18:29:59Z', 23],
  ['IN', '2026-01-15T18:30:00Z', 0],
  ['NP', '2026-01-15T18:14:59Z', 23],
  ['NP', '2026-01-15T18:15:00Z', 0],
  ['US', '2026-01-15T12:00:00Z', null],
  ['XX', '2026-01-15T12:00:00Z', null],
])('in %s at %s it is %s', (country, instant, hour) => {
  for (let twice = 0; twice < 2; twice++) expect(localHour(country, Date.parse(instant))).toBe(hour)
})
