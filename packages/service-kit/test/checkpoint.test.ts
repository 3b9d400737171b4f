import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Checkpoint, holdCheckpoint, moveCheckpoint, readCheckpoint } from '../src/messaging/checkpoint.ts'
import { LaneLostError } from '../src/messaging/projection.ts'
import { type KitTables, openKitTables } from './support/kit-tables.ts'

const beginning: Checkpoint = { sequence: 0, messageId: '' }
let tables: KitTables

beforeAll(async () => {
  tables = await openKitTables()
})
afterAll(() => tables.close())

const read = (projection: string, lane = 0) => readCheckpoint(tables.database, projection, lane)
const move = (projection: string, from: Checkpoint, to: Checkpoint) =>
  tables.database.transaction((tx) => moveCheckpoint(tx, projection, 0, from, to))
const hold = (projection: string, at: Checkpoint) => tables.database.transaction((tx) => holdCheckpoint(tx, projection, 0, at))

test('a lane that was never read is at the beginning of its stream', async () => {
  expect(await read('new')).toEqual(beginning)
  expect(await read('new')).toEqual(beginning)
})

test('a checkpoint moves from where the reader believes it to be', async () => {
  await read('moving')
  await move('moving', beginning, { sequence: 7, messageId: 'a' })
  await move('moving', { sequence: 7, messageId: 'a' }, { sequence: 9, messageId: 'b' })
  expect(await read('moving')).toEqual({ sequence: 9, messageId: 'b' })
  expect(await read('moving', 1)).toEqual(beginning)
  expect(await read('another')).toEqual(beginning)
})

test.each<[string, Checkpoint]>([
  ['another sequence', { sequence: 6, messageId: 'a' }],
  ['another message', { sequence: 7, messageId: 'b' }],
  ['the beginning', beginning],
])('a reader that believes the checkpoint to be at %s has lost the lane', async (_case, believed) => {
  const projection = `lost: ${_case}`
  await read(projection)
  await move(projection, beginning, { sequence: 7, messageId: 'a' })
  await expect(move(projection, believed, { sequence: 8, messageId: 'c' })).rejects.toThrow(LaneLostError)
  await expect(hold(projection, believed)).rejects.toThrow(LaneLostError)
  expect(await read(projection)).toEqual({ sequence: 7, messageId: 'a' })
})

test('a checkpoint that is held is moved by nobody else until the transaction ends', async () => {
  await read('held')
  const order: string[] = []
  let moving: Promise<unknown> | undefined
  await tables.database.transaction(async (tx) => {
    await holdCheckpoint(tx, 'held', 0, beginning)
    moving = move('held', beginning, { sequence: 1, messageId: 'a' }).then(() => order.push('moved'))
    await tables.database.sql`select pg_sleep(0.2)`
    order.push('held')
  })
  await moving
  expect(order).toEqual(['held', 'moved'])
})

test('of two readers that move a checkpoint from the same position, one loses the lane', async () => {
  await read('raced')
  const moves = ['a', 'b'].map((messageId) => move('raced', beginning, { sequence: 1, messageId }))
  const outcomes = (await Promise.allSettled(moves)).map(({ status }) => status)
  expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
})
