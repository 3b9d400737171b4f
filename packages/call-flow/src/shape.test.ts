import { expect, test } from 'vitest'
import { maxNodes } from './graph.ts'
import { checkShape } from './shape.ts'

test.each<[string, unknown]>([
  ['nodes that are no objects', { nodes: Array(400_000).fill(1), edges: [] }],
  ['nodes without anything', { nodes: Array(maxNodes).fill({}), edges: Array(100_000).fill({}) }],
  ['a node with many unknown keys', { nodes: [Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`key${n}`, 1]))], edges: [] }],
  [
    'branches without end',
    {
      nodes: Array.from({ length: 6 }, () => ({
        id: 'c',
        type: 'condition',
        config: { branches: Array(100).fill({ output: 'x', all: Array(50).fill({ variable: '', operator: 'x' }) }) },
      })),
      edges: [],
    },
  ],
])('is explained within a second of computing if it holds %s', (_case, input) => {
  const before = process.cpuUsage()
  expect(checkShape(input)).toMatchObject({ ok: false })
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000)
})
