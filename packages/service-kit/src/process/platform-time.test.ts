import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PlatformTime, platformTime } from './platform-time.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const hour = 3_600_000
const start = () => platformTime({ atMs: 0, databaseMs: noon, tookMs: 1 })

/** Samples of a database whose clock is `aheadMs` ahead of what it was at the start, a second apart. */
function sampled(time: PlatformTime, fromMs: number, aheadMs: number, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const atMs = fromMs + index * 1_000
    return time.take({ atMs, databaseMs: noon + atMs + aheadMs, tookMs: 1 })
  })
}

test('time goes with the monotonic clock', () => {
  const time = start()
  expect(time.at(0)).toBe(noon)
  expect(time.at(hour)).toBe(noon + hour)
})

test('a small difference is made up for gradually, forwards and backwards', () => {
  for (const aheadMs of [400, -400]) {
    const time = start()
    expect(sampled(time, 10_000, aheadMs, 1)).toEqual(['taken'])
    expect(time.at(10_000)).toBe(noon + 10_000)
    expect(time.at(10_400)).toBe(noon + 10_400 + aheadMs / 2)
    expect(time.at(11_000)).toBe(noon + 11_000 + aheadMs)
  }
})

describe('a sample that is an hour off', () => {
  test.each([hour, -hour])('is doubted, and changes nothing if the next ones do not agree: %i ms', (aheadMs) => {
    const time = start()
    expect(sampled(time, 10_000, aheadMs, 2)).toEqual(['doubted', 'doubted'])
    expect(sampled(time, 12_000, 0, 1)).toEqual(['taken'])
    expect(sampled(time, 13_000, aheadMs, 2)).toEqual(['doubted', 'doubted'])
    expect(time.at(20_000)).toBe(noon + 20_000)
  })

  test('ahead is taken at once when three in a row agree', () => {
    const time = start()
    expect(sampled(time, 10_000, hour, 3)).toEqual(['doubted', 'doubted', 'taken'])
    expect(time.at(12_000)).toBe(noon + 12_000 + hour)
  })

  test('behind lets time run at half its speed until the database has caught up', () => {
    const time = start()
    expect(sampled(time, 10_000, -10_000, 3).at(-1)).toBe('taken')
    expect(time.at(22_000)).toBe(noon + 17_000)
    expect(sampled(time, 22_000, -10_000, 1)).toEqual(['taken'])
    expect(time.at(42_000)).toBe(noon + 32_000)
  })

  test('is taken at once after the host was suspended', () => {
    const time = start()
    time.expectJump()
    expect(sampled(time, 10_000, hour, 1)).toEqual(['taken'])
    expect(time.at(10_000)).toBe(noon + 10_000 + hour)
  })
})

test('an answer that took too long is refused', () => {
  const time = start()
  expect(time.take({ atMs: 5_000, databaseMs: noon + 5_900, tookMs: 1_001 })).toBe('refused')
  expect(time.at(6_000)).toBe(noon + 6_000)
})

test('whatever the samples say, time never goes back', () => {
  const sample = fc.record({ afterMs: fc.integer({ min: 1, max: 60_000 }), aheadMs: fc.integer({ min: -2 * hour, max: 2 * hour }) })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), (samples) => {
      const time = start()
      let atMs = 0
      let latest = noon
      for (const { afterMs, aheadMs } of samples) {
        for (const moment of [atMs + afterMs / 2, atMs + afterMs]) {
          const now = time.at(moment)
          if (now < latest) throw new Error(`${now} after ${latest}`)
          latest = now
        }
        atMs += afterMs
        time.take({ atMs, databaseMs: noon + atMs + aheadMs, tookMs: 1 })
      }
    }),
  )
})
