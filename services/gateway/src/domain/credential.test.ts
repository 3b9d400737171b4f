import { expect, test } from 'vitest'
import { credentialOf } from './credential.ts'

test.each([
  ['Bearer ck_abc-DEF_123', { type: 'api-key', key: 'ck_abc-DEF_123' }],
  ['bearer   ck_abc', { type: 'api-key', key: 'ck_abc' }],
  ['Bearer aaa.bbb.ccc', { type: 'jwt', token: 'aaa.bbb.ccc' }],
  ['Bearer aaa.bbb', { type: 'api-key', key: 'aaa.bbb' }],
  ['Bearer ', null],
  ['Bearer a b', null],
  ['Bearer ä', null],
  [`Bearer ${'x'.repeat(8193)}`, null],
  ['Basic YTpi', null],
  ['ck_abc', null],
  ['', null],
  [undefined, null],
])('%j', (header, credential) => {
  expect(credentialOf(header)).toEqual(credential)
})
