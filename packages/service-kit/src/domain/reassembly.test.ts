import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Arrival, type Position, reassemble } from './reassembly.ts'

interface Item {
  seq: number
}

const seqOf = ({ seq }: Item) => seq
const items = (...seqs: number[]): Item[] => seqs.map((seq) => ({ seq }))
const arrivals = (...seqs: number[]): Arrival<Item>[] => items(...seqs).map((item) => ({ subject: 'a', item }))
const nothing = new Map<string, Position<Item>>()

test.each([
  ['in order', [1, 2, 3, 4], [1, 2, 3, 4], []],
  ['each twice', [1, 1, 2, 2, 3, 3], [1, 2, 3], []],
  ['backwards', [4, 3, 2, 1], [1, 2, 3, 4], []],
  ['with a gap that is filled late', [1, 4, 5, 3, 2], [1, 2, 3, 4, 5], []],
  ['with a gap that stays', [1, 4, 3], [1], [3, 4]],
  ['with a parked one twice', [1, 3, 3, 2], [1, 2, 3], []],
  ['a second time from the start', [1, 2, 3, 1, 2, 3], [1, 2, 3], []],
  ['without the first', [3, 2], [], [2, 3]],
])('items that arrive %s are ready once and in order; the others are parked', (_case, sequence, ready, parked) => {
  const before = { lastSeq: 0, parked: [] }
  const after = { lastSeq: ready.length, parked: items(...parked) }
  expect(reassemble(arrivals(...sequence), nothing, seqOf)).toEqual([{ subject: 'a', ready: items(...ready), before, after }])
})

test.each([
  ['the next one', [3], [3], 3, [5]],
  ['what fills the gap', [4, 3], [3, 4, 5], 5, []],
  ['one further ahead', [7], [], 2, [5, 7]],
  ['the next one and one further ahead', [3, 7], [3], 3, [5, 7]],
])(
  'given a subject that is read up to 2 with 5 parked, when %s arrives, then its position follows',
  (_case, sequence, ready, lastSeq, parked) => {
    const known = new Map([['a', { lastSeq: 2, parked: items(5) }]])
    expect(reassemble(arrivals(...sequence), known, seqOf)).toMatchObject([
      { ready: items(...ready), before: known.get('a'), after: { lastSeq, parked: items(...parked) } },
    ])
  },
)

test('a subject that only gets what it had is left out', () => {
  const known = new Map([['a', { lastSeq: 2, parked: items(5) }]])
  expect(reassemble(arrivals(1, 2, 5), known, seqOf)).toEqual([])
  expect(reassemble([], known, seqOf)).toEqual([])
})

test('the parked items are the same array as before where nothing was parked or taken from it', () => {
  const known = new Map([['a', { lastSeq: 2, parked: items(5) }]])
  const [progress] = reassemble(arrivals(3, 5), known, seqOf)
  expect(progress?.after.parked).toBe(progress?.before.parked)
})

test('items that are parked and read within one batch leave the parked ones as they were', () => {
  const [progress] = reassemble(arrivals(2, 1), nothing, seqOf)
  expect(progress?.after).toEqual({ lastSeq: 2, parked: [] })
  expect(progress?.after.parked).toBe(progress?.before.parked)
})

test('an item that arrives again does not replace the parked one', () => {
  const [first, again] = [{ seq: 2 }, { seq: 2 }]
  const both = [first, again].map((item) => ({ subject: 'a', item }))
  expect(reassemble(both, nothing, seqOf)[0]?.after.parked[0]).toBe(first)
})

test('subjects are read apart from each other, and the one that was read further last comes last', () => {
  const batch = [
    ['a', 1],
    ['b', 1],
    ['c', 2],
    ['a', 2],
    ['b', 1],
  ] as const
  const result = reassemble(
    batch.map(([subject, seq]) => ({ subject, item: { seq } })),
    nothing,
    seqOf,
  )
  expect(result.map(({ subject, after }) => [subject, after.lastSeq, after.parked.length])).toEqual([
    ['b', 1, 0],
    ['c', 0, 1],
    ['a', 2, 0],
  ])
})

/** Reads batch after batch; between them, positions are kept as a table would keep them. */
function readAll(batches: readonly (readonly Arrival<Item>[])[]): { read: Map<string, number[]>; known: Map<string, Position<Item>> } {
  let known = new Map<string, Position<Item>>()
  const read = new Map<string, number[]>()
  for (const batch of batches) {
    known = structuredClone(known)
    for (const { subject, ready, before, after } of reassemble(batch, known, seqOf)) {
      expect(ready.map(seqOf)).toEqual(ready.map((_, index) => before.lastSeq + 1 + index))
      expect(after.lastSeq).toBe(before.lastSeq + ready.length)
      read.set(subject, [...(read.get(subject) ?? []), ...ready.map(seqOf)])
      known.set(subject, after)
    }
  }
  return { read, known }
}

/** Arrivals of a few subjects in any order, many of them several times and some of them never, cut into batches. */
const anyBatches = fc.array(
  fc.array(fc.record({ subject: fc.constantFrom('a', 'b', 'c'), item: fc.record({ seq: fc.integer({ min: 1, max: 12 }) }) }), {
    maxLength: 20,
  }),
  { maxLength: 8 },
)

test('each subject is read up to its first gap, and the rest of what arrived is parked', () => {
  fc.assert(
    fc.property(anyBatches, (batches) => {
      const { read, known } = readAll(batches)
      for (const [subject, arrived] of Map.groupBy(batches.flat(), (arrival) => arrival.subject)) {
        const seqs = [...new Set(arrived.map(({ item }) => item.seq))].sort((a, b) => a - b)
        const gap = seqs.findIndex((seq, index) => seq !== index + 1)
        const end = gap === -1 ? seqs.length : gap
        expect(read.get(subject) ?? []).toEqual(seqs.slice(0, end))
        expect(known.get(subject)).toEqual({ lastSeq: end, parked: items(...seqs.slice(end)) })
      }
    }),
  )
})

test('it makes no difference how arrivals are cut into batches', () => {
  fc.assert(
    fc.property(anyBatches, (batches) => {
      const atOnce = readAll([batches.flat()])
      const oneByOne = readAll(batches.flat().map((arrival) => [arrival]))
      expect(readAll(batches)).toEqual(atOnce)
      expect(oneByOne).toEqual(atOnce)
    }),
  )
})

test('a batch that is read again from the position before it gives the same', () => {
  fc.assert(
    fc.property(anyBatches, fc.array(fc.nat()), (batches, restarts) => {
      const again = batches.flatMap((batch, index) => [batch, ...batches.slice(0, (restarts[index] ?? 0) % (index + 1))])
      expect(readAll(again)).toEqual(readAll(batches))
    }),
  )
})
