import type { Moment } from '@carillon/service-kit/process/elapsed'
import { expect, test } from 'vitest'
import { tenures } from './tenure.ts'

/** Seconds of both clocks. */
const at = (monotonic: number, wall = monotonic): Moment => ({ monotonicMs: monotonic * 1_000, wallMs: wall * 1_000 })

test('a tenure lasts as long as heartbeats are acknowledged in time, and counts from their sending', () => {
  const own = tenures(at(0), 6_000)
  expect(own.at(at(5.9))).toBe(0)
  expect(own.at(at(6))).toBeNull()
  own.acknowledged(at(2), at(5))
  expect(own.at(at(7.9))).toBe(0)
  expect(own.at(at(8))).toBeNull()
})

test('after a break there is a new tenure', () => {
  const own = tenures(at(0), 6_000)
  own.acknowledged(at(7), at(7.1))
  expect(own.at(at(8))).toBe(1)
})

test('a heartbeat whose acknowledgement took too long is a break, as it may have been written late', () => {
  const own = tenures(at(0), 6_000)
  own.acknowledged(at(2), at(6.5))
  expect(own.at(at(7))).toBe(1)
})

test('a host that was suspended is noticed by its wall clock', () => {
  const own = tenures(at(0), 6_000)
  expect(own.at(at(1, 3_600))).toBeNull()
  own.acknowledged(at(1, 3_600), at(1.1, 3_600.1))
  expect(own.at(at(2, 3_601))).toBe(1)
})

test('a wall clock that is set back proves nothing', () => {
  const own = tenures(at(0), 6_000)
  expect(own.at(at(7, -3_600))).toBeNull()
})
