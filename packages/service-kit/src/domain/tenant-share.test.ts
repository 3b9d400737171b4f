import { expect, test } from 'vitest'
import { DomainError } from './domain-error.ts'
import { tenantShare } from './tenant-share.ts'

test('an organization has a number of works at a time, whatever others have, and ends each once', () => {
  const share = tenantShare((atOnce) => new DomainError('too_many', 'TooManyRequestsError', `${atOnce} already`))
  const ends = [share.begin('a', 2), share.begin('a', 2)]
  expect(() => share.begin('a', 2)).toThrow('2 already')
  const endOther = share.begin('b', 2)
  ends[0]?.()
  ends[0]?.()
  share.begin('a', 2)
  expect(() => share.begin('a', 2)).toThrow('2 already')
  endOther()
})
