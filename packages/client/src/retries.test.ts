import { expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { delayBeforeRetry } from './retries.ts'

const refused = (statusCode: number, retryAfterMs?: number) =>
  new ApiError({ statusCode, error: 'SomeError', message: '', requestId: '' }, retryAfterMs)

const asked = { isSafe: true, retries: 0, maxRetries: 3, maxDelayMs: 10_000, random: 1 }

test.each([408, 425, 429, 500, 502, 503, 504])('a safe request that was answered %i is sent again', (statusCode) => {
  expect(delayBeforeRetry(refused(statusCode), asked)).toBe(200)
})

test.each([200, 400, 401, 403, 404, 409, 413, 415])('no request that was answered %i is sent again', (statusCode) => {
  expect(delayBeforeRetry(refused(statusCode), asked)).toBeNull()
})

test('a request that changes something is sent again only if it was refused before anything happened', () => {
  const unsafe = { ...asked, isSafe: false }
  expect(delayBeforeRetry(refused(429), unsafe)).toBe(200)
  expect(delayBeforeRetry(refused(503), unsafe)).toBeNull()
  expect(delayBeforeRetry(new TypeError('fetch failed'), unsafe)).toBeNull()
})

test('the wait doubles up to the limit, and the number of retries is limited', () => {
  const delays = [0, 1, 2, 6, 7].map((retries) => delayBeforeRetry(new TypeError('fetch failed'), { ...asked, retries, maxRetries: 7 }))
  expect(delays).toEqual([200, 400, 800, 10_000, null])
})

test('half of the wait is random', () => {
  expect(delayBeforeRetry(refused(503), { ...asked, random: 0 })).toBe(100)
})

test('the wait is never shorter than the API asks for', () => {
  expect(delayBeforeRetry(refused(429, 5_000), asked)).toBe(5_200)
  expect(delayBeforeRetry(refused(429, 10_000), asked)).toBe(10_000)
})

test('a request is not sent again if the API asks for a wait over the limit', () => {
  expect(delayBeforeRetry(refused(429, 10_001), asked)).toBeNull()
})
