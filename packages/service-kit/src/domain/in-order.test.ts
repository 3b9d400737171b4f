import { expect, test } from 'vitest'
import { inOrder, type Numbered, type Position } from './in-order.ts'

function feed(sequence: number[]): number[] {
  let position: Position<Numbered> = { lastSeq: 0, parked: [] }
  const applied: number[] = []
  for (const seq of sequence) {
    const step = inOrder(position, { seq })
    position = step.position
    applied.push(...step.ready.map((item) => item.seq))
  }
  return applied
}

test.each([
  ['in order', [1, 2, 3, 4], [1, 2, 3, 4]],
  ['each twice', [1, 1, 2, 2, 3, 3], [1, 2, 3]],
  ['backwards', [4, 3, 2, 1], [1, 2, 3, 4]],
  ['a gap that is filled late', [1, 4, 5, 3, 2], [1, 2, 3, 4, 5]],
  ['a gap that stays', [1, 3, 4], [1]],
  ['a parked one twice', [1, 3, 3, 2], [1, 2, 3]],
  ['the whole again', [1, 2, 3, 1, 2, 3], [1, 2, 3]],
])('items that come %s are applied once and in order', (_case, sequence, applied) => {
  expect(feed(sequence)).toEqual(applied)
})
