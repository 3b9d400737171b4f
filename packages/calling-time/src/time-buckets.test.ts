import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BucketUnit, bucketEdges, bucketUnits } from './time-buckets.ts'

const edgesOf = (unit: BucketUnit, zone: string, from: string, to: string) =>
  bucketEdges(unit, zone, Date.parse(from), Date.parse(to), 100)?.map((ms) => new Date(ms).toISOString())

test.each<[BucketUnit, string, string, string, string[]]>([
  ['minute', 'UTC', '2026-03-01T09:00:30Z', '2026-03-01T09:02:00Z', ['09:00', '09:01', '09:02']],
  ['quarter_hour', 'UTC', '2026-03-01T09:14:59Z', '2026-03-01T09:15:01Z', ['09:00', '09:15', '09:30']],
  // Kathmandu is 5 h 45 min ahead: its full hours begin a quarter past those of UTC.
  ['hour', 'Asia/Kathmandu', '2026-03-01T09:00:00Z', '2026-03-01T10:00:00Z', ['08:15', '09:15', '10:15']],
  // Lord Howe sets its clocks by half an hour, here from 11:00 ahead to 10:30, at 15:00 UTC.
  ['hour', 'Australia/Lord_Howe', '2026-04-04T13:30:00Z', '2026-04-04T16:00:00Z', ['13:00', '14:00', '14:30', '15:30', '16:30']],
])('%s buckets in %s from %s to %s', (unit, zone, from, to, expected) => {
  expect(edgesOf(unit, zone, from, to)?.map((edge) => edge.slice(11, 16))).toEqual(expected)
})

test('a day on which the clocks change has 23 or 25 hours', () => {
  const days = edgesOf('day', 'Europe/Paris', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')
  expect(days).toEqual(['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z'])
})

test('an empty span has one bucket, and more buckets than allowed are none', () => {
  expect(edgesOf('hour', 'UTC', '2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z')).toHaveLength(2)
  expect(bucketEdges('minute', 'UTC', 0, 100 * 60_000, 100)).toHaveLength(101)
  expect(bucketEdges('minute', 'UTC', 0, 100 * 60_000 + 1, 100)).toBeNull()
})

const zones = [
  'UTC',
  'Africa/Casablanca',
  'Europe/Paris',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
]

test('buckets follow each other without a gap, cover the span, and none is empty', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...bucketUnits),
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) }),
      fc.integer({ min: 0, max: 3 * 86_400_000 }),
      (unit, zone, fromMs, lengthMs) => {
        const edges = bucketEdges(unit, zone, fromMs, fromMs + lengthMs, 5_000) ?? []
        expect(edges[0]).toBeLessThanOrEqual(fromMs)
        expect(edges.at(-1)).toBeGreaterThanOrEqual(fromMs + lengthMs)
        for (const [index, edge] of edges.slice(1).entries()) expect(edge).toBeGreaterThan(edges[index] ?? Number.POSITIVE_INFINITY)
        expect(edges[1]).toBeGreaterThan(fromMs)
      },
    ),
  )
})
