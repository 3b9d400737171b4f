import { lanes } from '@carillon/contracts/lane'
import { eventually } from '@carillon/testing/eventually'
import pLimit from 'p-limit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendToOutbox } from '../src/messaging/outbox.ts'
import type { ProjectionDeps } from '../src/messaging/projection-deps.ts'
import { startProjection } from '../src/messaging/projection-runner.ts'
import { openFixture, type Ringing, ringing, tally } from './support/fixture.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(() => fixture.close())

test('a lane whose batch never ends is opened again, and reads on', async () => {
  const { deps } = await fixture.replica()
  const { database, nats: connection, logger, metrics, replicaId, watchdog } = deps
  const projectionDeps: ProjectionDeps = {
    ...{ database, connection, logger, metrics, replicaId, watchdog },
    leaseTtlMs: 6_000,
    limitBatches: pLimit(1),
    stepLimitMs: 5_000,
  }
  const stored = tally('a')
  let isFirst = true
  const projection = startProjection<Ringing>(
    {
      ...stored,
      async apply(tx, lane, events) {
        if (isFirst) {
          isFirst = false
          await new Promise(() => undefined)
        }
        await stored.apply(tx, lane, events)
      },
    },
    projectionDeps,
  )
  await eventually(() => expect(projection.lanesHeld()).toHaveLength(lanes.length))
  await database.transaction((tx) => appendToOutbox(tx, deps.outbox, [ringing('one', 'key')]))
  await eventually(async () => expect(await database.sql`select event_id from tally`).toEqual([{ event_id: 'one' }]))
  await projection.stop()
})

test('a lane that does not get on makes the service not ready, and says which lane it is', async () => {
  const { deps } = await fixture.replica()
  const lane = deps.watchdog.watch('tally, lane 7', 30)
  await eventually(() => expect(deps.ready()).rejects.toMatchObject({ overdue: ['tally, lane 7'] }))
  lane.end()
  await expect(deps.ready()).resolves.toBeUndefined()
})
