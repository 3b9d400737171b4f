import { laneCount, laneOf } from '@carillon/contracts/lane'
import { subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { headers } from 'nats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventRefusedError } from '../src/domain/event-refused.ts'
import { appendToOutbox } from '../src/messaging/outbox.ts'
import type { ServiceDeps } from '../src/process/service.ts'
import { openFixture, ringing, tally } from './support/fixture.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(() => fixture.close())

const send = (deps: ServiceDeps, ids: string[], laneKey = 'one') =>
  deps.database.transaction((tx) =>
    appendToOutbox(
      tx,
      deps.outbox,
      ids.map((id) => ringing(id, laneKey)),
    ),
  )

async function tallied(deps: ServiceDeps): Promise<string[]> {
  const rows = await deps.database.sql<{ event_id: string }[]>`select event_id from tally order by position`
  return rows.map((row) => row.event_id)
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `e${from + index}`)

test('messages of a committed transaction are applied once, in order', async () => {
  const { deps } = await fixture.replica()
  deps.project(tally('a'))
  const ids = numbered(2_500)
  for (let start = 0; start < ids.length; start += 250) await send(deps, ids.slice(start, start + 250))
  await eventually(async () => expect(await tallied(deps)).toEqual(ids))
})

test('messages of a transaction that rolled back are never published', async () => {
  const { deps } = await fixture.replica()
  deps.project(tally('a'))
  await expect(
    deps.database.transaction(async (tx) => {
      await appendToOutbox(tx, deps.outbox, [ringing('lost', 'one')])
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  await send(deps, ['kept'])
  await eventually(async () => expect(await tallied(deps)).toEqual(['kept']))
})

test('a batch that fails is rolled back with its checkpoint; the one event that cannot be applied becomes a dead letter', async () => {
  const { deps } = await fixture.replica()
  await send(deps, numbered(20))
  deps.project(
    tally('a', (event) => {
      if (event.id === 'e7') throw new EventRefusedError('cannot be applied')
    }),
  )
  await eventually(async () => expect(await tallied(deps)).toEqual(numbered(20).filter((id) => id !== 'e7')))
  const letters = await deps.database.sql<{ message: string; error: string }[]>`select message, error from dead_letters`
  expect(letters).toHaveLength(1)
  expect(JSON.parse(letters[0]?.message ?? '')).toMatchObject({ id: 'e7' })
  expect(letters[0]?.error).toContain('cannot be applied')
})

test('a message that does not match its schema becomes a dead letter, and later messages are applied', async () => {
  const { deps } = await fixture.replica()
  deps.project(tally('a'))
  const subject = subjectOf('CALLS', laneOf('one'), 'call.ringing')
  await fixture.nats.connection.jetstream().publish(subject, 'not even JSON', { headers: withId('broken') })
  await fixture.nats.connection.jetstream().publish(subject, '{"id":"x","type":"call.ringing"}', { headers: withId('half') })
  await send(deps, ['good'])
  await eventually(async () => expect(await tallied(deps)).toEqual(['good']))
  const letters = await deps.database.sql`select 1 from dead_letters`
  expect(letters).toHaveLength(2)
})

test('a reader continues where the one before it ended', async () => {
  const first = await fixture.replica()
  const running = first.deps.project(tally('first'))
  await send(first.deps, numbered(50))
  await eventually(async () => expect(await tallied(first.deps)).toHaveLength(50))
  await running.stop()
  await send(first.deps, numbered(50, 50))

  const second = await fixture.replica()
  second.deps.project(tally('second'))
  await eventually(async () => expect(await tallied(second.deps)).toEqual(numbered(100)))
})

test('replicas share the lanes, and each event is applied by exactly one of them', async () => {
  const first = await fixture.replica()
  const second = await fixture.replica()
  const runningFirst = first.deps.project(tally('first'))
  await eventually(() => expect(runningFirst.lanesHeld()).toHaveLength(laneCount))
  const runningSecond = second.deps.project(tally('second'))
  await eventually(() => {
    expect(runningFirst.lanesHeld()).toHaveLength(laneCount / 2)
    expect(runningSecond.lanesHeld()).toHaveLength(laneCount / 2)
  })
  const keys = Array.from({ length: 64 }, (_, index) => `execution-${index}`)
  for (const key of keys) await send(first.deps, [`${key}/1`, `${key}/2`], key)
  await eventually(async () => expect((await tallied(first.deps)).sort()).toEqual(keys.flatMap((key) => [`${key}/1`, `${key}/2`]).sort()))
  const readers = await first.deps.database.sql`select distinct reader from tally`
  expect(readers).toHaveLength(2)

  await runningFirst.stop()
  await eventually(() => expect(runningSecond.lanesHeld()).toHaveLength(laneCount))
})

test('a reader whose checkpoint was moved by another reader reads on from there', async () => {
  const { deps } = await fixture.replica()
  const lane = laneOf('one')
  let overtaken = false
  deps.project(
    tally('slow', () => {
      if (overtaken) return
      overtaken = true
      throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' })
    }),
  )
  await send(deps, ['a'])
  await eventually(async () => expect(await tallied(deps)).toEqual(['a']))
  // Another reader moves the checkpoint.
  await deps.database.sql`update checkpoints set sequence = sequence + 2 where projection = 'tally' and lane = ${lane}`
  await send(deps, ['b', 'c', 'd'])
  await eventually(async () => expect((await tallied(deps)).at(-1)).toBe('d'))
})

test('a stream that comes back empty gets its last messages again, and reading continues', async () => {
  const { deps } = await fixture.replica()
  const seen: string[] = []
  deps.project(tally('a', (event) => seen.push(event.id)))
  await send(deps, ['a', 'b', 'c'])
  await eventually(async () => expect(await tallied(deps)).toEqual(['a', 'b', 'c']))

  const manager = await fixture.nats.connection.jetstreamManager()
  const { config } = await manager.streams.info('CALLS')
  await manager.streams.delete('CALLS')
  await manager.streams.add(config)

  await eventually(
    async () => {
      const { state } = await manager.streams.info('CALLS')
      expect(state.messages).toBe(3)
    },
    { timeoutMs: 15_000 },
  )
  await send(deps, ['d'])
  await eventually(async () => expect((await tallied(deps)).at(-1)).toBe('d'), { timeoutMs: 20_000 })
})

function withId(id: string) {
  const header = headers()
  header.set('Nats-Msg-Id', id)
  return header
}
