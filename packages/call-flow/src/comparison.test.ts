import { describe, expect, test } from 'vitest'
import { type Comparison, compileBranch, compileComparison } from './comparison.ts'
import type { VariableValue } from './variable.ts'

type Row = [left: VariableValue | undefined, operator: string, right: VariableValue, holds: boolean]

const rows: Row[] = [
  [5, 'eq', 5, true],
  [5, 'eq', '5', true],
  ['5.0', 'eq', 5, true],
  ['05', 'eq', 5, true],
  ['05', 'eq', '5', false],
  ['12345678901234567', 'eq', '12345678901234568', false],
  ['12345678901234567', 'eq', '12345678901234567', true],
  ['yes', 'eq', 'yes', true],
  ['yes', 'eq', 'Yes', false],
  [true, 'eq', 'true', true],
  [true, 'eq', 1, false],
  [undefined, 'eq', null, true],
  ['', 'eq', null, true],
  [undefined, 'eq', 0, false],
  [0, 'eq', null, false],
  [5, 'ne', 6, true],
  [undefined, 'ne', 6, true],
  [undefined, 'ne', '', false],
  [10, 'gt', 9, true],
  ['10', 'gt', '9', true],
  ['07', 'gt', 6, true],
  [9, 'gt', 9, false],
  [9, 'gte', 9, true],
  [-1.5, 'lt', 0, true],
  ['8', 'lte', 8, true],
  ['2025-12-31', 'lt', '2026-01-01', true],
  ['2026-01-01T10:00:00.000Z', 'gt', '2026-01-01', true],
  ['2026-01-01', 'gt', 5, false],
  ['2026-01-01', 'lt', 5, false],
  ['abc', 'gt', '5', false],
  ['abc', 'lte', '5', false],
  [undefined, 'lt', 5, false],
  [undefined, 'gte', 0, false],
  ['', 'lt', 'a', false],
  [true, 'gt', false, false],
  ['Casablanca', 'contains', 'blanc', true],
  ['Casablanca', 'contains', 'Blanc', false],
  [12345, 'contains', 34, true],
  [undefined, 'contains', 'x', false],
  ['x', 'contains', '', false],
  ['+212612345678', 'starts_with', '+2126', true],
  ['+33612345678', 'starts_with', '+212', false],
  [undefined, 'starts_with', '', false],
  ['12', 'eq', '{{limit}}', true],
  [13, 'gt', '{{limit}}', true],
  [13, 'lt', '{{missing|20}}', true],
]

describe('a comparison', () => {
  test.each(rows)('%j %s %j holds: %j', (left, operator, right, holds) => {
    const comparison = { variable: 'x', operator, value: right } as Comparison
    expect(compileComparison(comparison)({ limit: 12, ...(left === undefined ? {} : { x: left }) })).toBe(holds)
  })

  test.each<[VariableValue | undefined, boolean]>([
    ['a', true],
    [0, true],
    [false, true],
    ['', false],
    [null, false],
    [undefined, false],
  ])('%j is set: %j', (value, set) => {
    const variables = value === undefined ? {} : { x: value }
    expect(compileComparison({ variable: 'x', operator: 'is_set' })(variables)).toBe(set)
    expect(compileComparison({ variable: 'x', operator: 'is_not_set' })(variables)).toBe(!set)
  })

  test('with a list holds when one of its values is equal', () => {
    const isNorthern = compileComparison({ variable: 'city', operator: 'in', value: ['Tanger', '{{home}}', 7] })
    expect(isNorthern({ city: 'Tanger' })).toBe(true)
    expect(isNorthern({ city: 'Oujda', home: 'Oujda' })).toBe(true)
    expect(isNorthern({ city: '7' })).toBe(true)
    expect(isNorthern({ city: 'Agadir', home: 'Oujda' })).toBe(false)
  })
})

test('a branch of all needs every comparison, one of any needs one', () => {
  const comparisons: Comparison[] = [
    { variable: 'credit', operator: 'gt', value: 100 },
    { variable: 'city', operator: 'eq', value: 'Fès' },
  ]
  const all = compileBranch({ output: 'branch_1', all: comparisons })
  const any = compileBranch({ output: 'branch_1', any: comparisons })
  expect([all({ credit: 200, city: 'Fès' }), any({ credit: 200, city: 'Fès' })]).toEqual([true, true])
  expect([all({ credit: 200 }), any({ credit: 200 })]).toEqual([false, true])
  expect([all({}), any({})]).toEqual([false, false])
})
