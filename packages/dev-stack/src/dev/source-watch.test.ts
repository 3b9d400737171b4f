import { expect, test } from 'vitest'
import { foldersOf, isSource } from './source-watch.ts'

test('a service runs its own code and that of the packages it uses, also indirectly', () => {
  const folders = foldersOf('billing')
  expect(folders).toEqual(expect.arrayContaining(['services/billing', 'packages/money', 'packages/contracts', 'packages/call-flow']))
  expect(folders).not.toContain('services/gateway')
  expect(folders).not.toContain('packages/testing')
})

test.for([
  ['domain/ledger.ts', true],
  ['0001_billing.sql', true],
  ['domain/ledger.test.ts', false],
  ['domain/.ledger.ts.swp', false],
] as const)('a change of %s restarts services: %s', ([file, expected]) => {
  expect(isSource(file)).toBe(expected)
})
