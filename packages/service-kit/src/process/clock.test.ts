import { expect, test } from 'vitest'
import { anchorFrom, clockSettings, productionAnchor, virtualAt } from './clock.ts'

const noon = '2026-01-01T12:00:00.000Z'
const nine = '2026-03-02T09:00:00.000Z'

test('without settings, platform time is real time', () => {
  const anchor = anchorFrom({})
  expect(anchor).toBe(productionAnchor)
  expect(virtualAt(anchor, Date.parse(noon))).toBe(Date.parse(noon))
  expect(clockSettings(anchor)).toEqual({})
})

test('at speed 60, a real second is a minute from the anchor on', () => {
  const anchor = anchorFrom({ CLOCK_SPEED: 60, CLOCK_REAL_ANCHOR: noon, CLOCK_VIRTUAL_ANCHOR: nine })
  expect(virtualAt(anchor, Date.parse(noon))).toBe(Date.parse(nine))
  expect(virtualAt(anchor, Date.parse(noon) + 1_000)).toBe(Date.parse(nine) + 60_000)
})

test('a speed without an anchor is refused', () => {
  expect(() => anchorFrom({ CLOCK_SPEED: 60 })).toThrow('CLOCK_REAL_ANCHOR')
})
