import { expect, test } from 'vitest'
import { clockEnvironment, nextClock, virtualNow } from './clock.ts'

const noon = Date.parse('2026-03-02T12:00:00.000Z')
const minutes = (count: number) => count * 60_000

test('a first run starts at the real time', () => {
  expect(nextClock(null, 60, noon)).toEqual({ realAnchorMs: noon, virtualAnchorMs: noon, speed: 60 })
})

test('virtual time passes at the speed', () => {
  expect(virtualNow(nextClock(null, 60, noon), noon + minutes(1))).toBe(noon + minutes(60))
})

test('a run after a fast one starts where that one ended, however long the pause between them', () => {
  const kept = { ...nextClock(null, 60, noon), ranUntilMs: noon + minutes(10) }
  expect(nextClock(kept, 1, noon + minutes(30)).virtualAnchorMs).toBe(noon + minutes(600))
})

test('a run that starts after the virtual end of the last one is back at the real time', () => {
  const kept = { ...nextClock(null, 60, noon), ranUntilMs: noon + minutes(10) }
  expect(nextClock(kept, 1, noon + minutes(700)).virtualAnchorMs).toBe(noon + minutes(700))
})

test('a fractional speed never moves time back', () => {
  const kept = { realAnchorMs: noon, virtualAnchorMs: noon, speed: 1.3, ranUntilMs: noon + 1 }
  expect(nextClock(kept, 1, noon).virtualAnchorMs).toBe(noon + 2)
})

test('services read the anchors as ISO instants', () => {
  expect(clockEnvironment({ realAnchorMs: noon, virtualAnchorMs: noon + 1, speed: 2 })).toEqual({
    CLOCK_SPEED: '2',
    CLOCK_REAL_ANCHOR: '2026-03-02T12:00:00.000Z',
    CLOCK_VIRTUAL_ANCHOR: '2026-03-02T12:00:00.001Z',
  })
})
