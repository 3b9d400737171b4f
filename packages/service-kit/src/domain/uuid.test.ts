import { expect, test } from 'vitest'
import { uuidv7, uuidv7Floor } from './uuid.ts'

const fill = (value: number) => (bytes: Uint8Array) => void bytes.fill(value)

test('the example of RFC 9562, appendix A.6, comes out as written there', () => {
  const random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]
  expect(uuidv7(0x017f22e279b0, (bytes) => bytes.set(random))).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
})

test('ids of a later millisecond sort behind those of an earlier one', () => {
  expect(uuidv7(2, fill(0)) > uuidv7(1, fill(255))).toBe(true)
})

test('the floor of an instant lies before every id of it and behind every id before it', () => {
  expect(uuidv7Floor(5) < uuidv7(5, fill(0))).toBe(true)
  expect(uuidv7Floor(5) > uuidv7(4, fill(255))).toBe(true)
})

test('ids of the same instant differ', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => uuidv7(1))).size).toBe(10_000)
})
