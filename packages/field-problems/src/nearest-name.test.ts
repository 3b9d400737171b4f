import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const known = ['startAt', 'stopAt', 'didPool', 'id']

test.each([
  ['startat', 'startAt'],
  ['strtAt', 'startAt'],
  ['satrtAt', 'startAt'],
  ['stopAtt', 'stopAt'],
  ['did_pool', 'didPool'],
  ['colour', undefined],
  ['x', undefined],
  ['', undefined],
  ['x'.repeat(1_000_000), undefined],
])('the name nearest to %.20s is %s', (misspelt, name) => {
  expect(nearestName(misspelt, known)).toBe(name)
})
