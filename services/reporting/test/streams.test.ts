import { testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { testNats } from '@carillon/testing/nats'
import { openTestService, type TestServiceOptions } from '@carillon/testing/test-service'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { HistoryIncompleteError, rebuild } from '../src/read-models/rebuild.ts'
import { readModels } from '../src/read-models/registry.ts'
import { eventsOf, newId, plannedCall } from './support/events.ts'
import { publish } from './support/publish.ts'
import { randomHistory } from './support/random-history.ts'
import { expectRecomputed, publishExecution, type Replica, reportsOf } from './support/replica.ts'

let nats: Awaited<ReturnType<typeof testNats>>
let database: Awaited<ReturnType<typeof testDatabase>>
let ends: (() => Promise<void>)[]

beforeEach(async () => {
  ends = []
  nats = await testNats()
  database = await testDatabase('reporting')
})
afterEach(async () => {
  for (const end of ends.reverse()) await end()
  await database.drop()
  await nats.close()
})

async function startReplica(options: TestServiceOptions = {}): Promise<Replica> {
  const service = await openTestService('reporting', { nats, database, leaseTtlMs: 500, ...options })
  const app = await buildApp(service.deps)
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await app.close()
    await service.close()
  }
  ends.push(close)
  return { ...service, app, close }
}

test.each([1, 2, 3])('every figure equals its recomputation, in whatever order the streams deliver (seed %i)', async (seed) => {
  const executionIds = [newId(), newId(), newId()]
  const { calls, events } = randomHistory(seed, executionIds, 150)
  const replica = await startReplica()
  await publish(replica.deps, 'BILLING', events.ratings)
  await Promise.all([
    publish(replica.deps, 'CALLS', events.calls),
    ...executionIds.map((executionId) => publishExecution(replica, executionId)),
  ])
  await expectRecomputed(replica, calls)
})

test('every figure is right after lanes have moved to another replica', async () => {
  const executionIds = Array.from({ length: 8 }, newId)
  const { calls, events } = randomHistory(4, executionIds, 200)
  const first = await startReplica()
  const publishing = publish(first.deps, 'CALLS', events.calls.slice(0, 900))
  const second = await startReplica()
  await publishing
  await first.close()
  await publish(second.deps, 'CALLS', events.calls.slice(900))
  await publish(second.deps, 'BILLING', events.ratings)
  for (const executionId of executionIds) await publishExecution(second, executionId)
  await expectRecomputed(second, calls)
})

test('rebuilt read models are the same as before, and so are those of a second schema beside them', async () => {
  const executionId = newId()
  const { calls, events } = randomHistory(5, [executionId], 80)
  const replica = await startReplica()
  await publish(replica.deps, 'CALLS', events.calls)
  await publish(replica.deps, 'BILLING', events.ratings)
  await publishExecution(replica, executionId)
  await expectRecomputed(replica, calls)

  const successor = await testDatabase('reporting')
  ends.unshift(() => successor.drop())
  const beside = await startReplica({ database: successor })
  await expectRecomputed(beside, calls)
  await expectRecomputed(replica, calls)

  await database.sql`delete from call_figures`
  await rebuild(replica.deps.database, replica.deps.nats, readModels)
  await expectRecomputed(replica, calls)
})

test('a rebuild is refused, and changes nothing, if a stream no longer holds all its events', async () => {
  const executionId = newId()
  const replica = await startReplica()
  await publishExecution(replica, executionId)
  await eventually(() => reportsOf(replica, executionId))
  const manager = await nats.connection.jetstreamManager()
  await manager.streams.purge('PROGRAMS', { keep: 1 })
  await expect(rebuild(replica.deps.database, replica.deps.nats, readModels)).rejects.toThrow(HistoryIncompleteError)
  await reportsOf(replica, executionId)
})

test('an event that cannot be stored is set aside, and the others go on', async () => {
  const executionId = newId()
  const { calls, events } = randomHistory(6, [executionId], 10)
  const replica = await startReplica()
  const [started] = eventsOf(plannedCall({ callId: 'not-an-id', executionId }))
  if (!started) throw new Error('a call has events')
  await publish(replica.deps, 'CALLS', [started, ...events.calls])
  await publish(replica.deps, 'BILLING', events.ratings)
  await publishExecution(replica, executionId)
  await expectRecomputed(replica, calls)
  expect(await database.sql`select projection, subject from dead_letters`).toMatchObject([{ projection: 'calls-v1' }])
})
