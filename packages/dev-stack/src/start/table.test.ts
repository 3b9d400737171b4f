import { expect, test } from 'vitest'
import { besideEachOther, table } from './table.ts'

test('columns are as wide as their widest cell, and numbers flush right', () => {
  const columns = [{ header: 'Node' }, { header: 'Calls', align: 'right' as const }]
  const rows = [
    ['Ménu', '1,200'],
    ['Greeting', '7'],
  ]
  expect(table({ columns, rows, total: ['Total', '1,207'] })).toEqual([
    'Node      Calls',
    '───────────────',
    'Ménu      1,200',
    'Greeting      7',
    '───────────────',
    'Total     1,207',
  ])
})

test('blocks stand beside each other where there is room, else below each other', () => {
  const blocks = [['aa', 'b'], ['ccc']]
  expect(besideEachOther(blocks, 9)).toEqual(['aa    ccc', 'b'])
  expect(besideEachOther(blocks, 8)).toEqual(['aa', 'b', '', 'ccc'])
})
