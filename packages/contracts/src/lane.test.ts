import fc from 'fast-check'
import { expect, test } from 'vitest'
import { laneCount, laneOf, lanes } from './lane.ts'

// The first three are test vectors of FNV-1a (0x811c9dc5, 0xe40c292c, 0xbf9cf968), of which the lane is the lowest five bits.
test.each([
  ['', 5],
  ['a', 12],
  ['foobar', 8],
  ['018f0000-0000-7000-8000-000000000001', 8],
  ['018f0000-0000-7000-8000-000000000002', 1],
])('the lane of %j never changes: %i', (id, lane) => {
  expect(laneOf(id)).toBe(lane)
})

test('the lanes are numbered from 0', () => {
  expect(lanes).toHaveLength(laneCount)
  expect([lanes[0], lanes.at(-1)]).toEqual([0, laneCount - 1])
})

test('every text has a lane', () => {
  const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units))
  fc.assert(fc.property(anyText, (id) => lanes.includes(laneOf(id))))
})

test('ids are spread evenly over the lanes, also where they differ only at the end', () => {
  const perLane = 1_000
  const counts = lanes.map(() => 0)
  for (let number = 0; number < perLane * laneCount; number++) {
    const lane = laneOf(`018f0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`)
    counts[lane] = (counts[lane] ?? 0) + 1
  }
  // Five standard deviations of a binomial distribution.
  const spread = 5 * Math.sqrt(perLane)
  for (const count of counts) expect(Math.abs(count - perLane)).toBeLessThan(spread)
})
