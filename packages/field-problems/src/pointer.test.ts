import { expect, test } from 'vitest'
import { fieldName, fieldSentence, pointerStep } from './pointer.ts'

test.each([
  ['', 'the body'],
  ['/startAt', 'startAt'],
  ['/retryStrategy/retryDates/0', 'retryStrategy.retryDates[0]'],
  ['/0/id', '[0].id'],
  ['/a~1b/c~0d', '["a/b"]["c~d"]'],
  ['/query/page', 'query parameter page'],
  ['/params/id', 'path parameter id'],
  ['/headers/idempotency-key', 'header idempotency-key'],
  ['/headers', 'headers'],
])('the field at "%s" is named %s', (pointer, name) => {
  expect(fieldName(pointer)).toBe(name)
})

test('a message that begins with a verb continues the name; another follows a colon', () => {
  expect(fieldSentence('/stopAt', 'must lie after startAt')).toBe('stopAt must lie after startAt')
  expect(fieldSentence('/edges/0', 'output onBusy is linked already')).toBe('edges[0]: output onBusy is linked already')
})

test('the end of a very long key is left out', () => {
  expect(pointerStep('a/~'.repeat(1_000)).length).toBeLessThan(250)
})
