import { randomUUID } from 'node:crypto'
import { toIso } from '@carillon/contracts/instant'
import { type TestDatabase, testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { type TestNats, testNats } from '@carillon/testing/nats'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { OriginateRequest } from '../src/domain/carrier-command.ts'
import { answerForProgramApi, giveOrders, listenToCalls, openTestBridge, ordersInQueue, type TestBridge } from './support/fixture.ts'
import { menuFlow } from './support/flows.ts'
import { dialOrder } from './support/orders.ts'

let database: TestDatabase
let nats: TestNats
let shared: { service: { database: TestDatabase; nats: TestNats } }
const open: TestBridge[] = []

beforeAll(async () => {
  database = await testDatabase('dialer-bridge')
  nats = await testNats()
  shared = { service: { database, nats } }
})
afterEach(async () => {
  for (const bridge of open.splice(0)) await bridge.close()
})
afterAll(async () => {
  await nats.close()
  await database.drop()
})

async function start(options: Parameters<typeof openTestBridge>[0] = {}): Promise<TestBridge> {
  const bridge = await openTestBridge({ ...shared, ...options })
  open.push(bridge)
  return bridge
}

async function stop(bridge: TestBridge) {
  open.splice(open.indexOf(bridge), 1)
  await bridge.close()
}

/** A callee who answers and stays for a minute. */
const patient = { sayMsPerCharacter: 4_000 }

async function metric({ service }: TestBridge, name: string): Promise<number> {
  const text = await service.deps.metrics.registry.getSingleMetricAsString(name)
  return Number(/} (\d+)$/m.exec(text)?.[1])
}

test('two bridges dial each order once, and both dial some', async () => {
  const originates: OriginateRequest[] = []
  const quick = { digits: { '1': 1 }, ringMs: { min: 20, max: 40 } }
  // So patient that a busy machine makes neither look dead.
  const options = { profile: quick, maxChannels: 20, originates, staleMs: 20_000 }
  const one = await start(options)
  await start(options)
  const calls = listenToCalls(one.service.deps)
  answerForProgramApi(one.service.deps, { flow: menuFlow })
  const ids = Array.from({ length: 400 }, (_, index) => `shared-${index}`)
  const orders = ids.map((id, index) => dialOrder(id, { to: `+21261${index}` }))

  await giveOrders(one.service.deps, [...orders, ...orders])
  await Promise.all(ids.map((id) => calls.complete(id)))
  await eventually(async () => expect(await ordersInQueue(one.service.deps)).toBe(0))

  expect(originates.map(({ channelId }) => channelId).sort()).toEqual([...ids].sort())
  for (const id of ids) expect(calls.of(id).map(({ data }) => data.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const owners = await database.sql`select distinct owner from dial_journal where call_id like 'shared-%'`
  expect(owners).toHaveLength(2)
})

test('a bridge whose call was taken over sends no more events about it', async () => {
  const silent = await start({ profile: { ...patient, ringMs: { min: 400, max: 400 } } })
  const calls = listenToCalls(silent.service.deps)
  answerForProgramApi(silent.service.deps, { flow: menuFlow })
  await giveOrders(silent.service.deps, [dialOrder('taken', { to: '+212600000004' })])
  await eventually(() => expect(silent.originates).toHaveLength(1))
  const other = randomUUID()
  await database.sql`insert into bridges values (${other}, clock_timestamp() + interval '1 hour', clock_timestamp())`
  await database.sql`update dial_journal set owner = ${other} where call_id = 'taken'`

  await eventually(async () => expect(await metric(silent, 'calls_fenced_total')).toBe(1))
  expect(calls.of('taken').filter(({ type }) => type === 'call.answered' || type === 'call.ended')).toEqual([])
  // The channel is free again.
  await eventually(async () => expect(await metric(silent, 'calls_in_progress')).toBe(0))
})

test('a bridge that stops hangs up the calls that do not end in time, reports them, and leaves nothing behind', async () => {
  const stopping = await start({ profile: patient, drainMs: 50 })
  const { replicaId } = stopping.service.deps
  const calls = listenToCalls({ nats: nats.connection })
  answerForProgramApi(stopping.service.deps, { flow: menuFlow })
  await giveOrders(stopping.service.deps, [dialOrder('cut-short')])
  await eventually(() => expect(calls.of('cut-short').at(-1)?.data.seq).toBe(5))
  await stop(stopping)

  const events = await calls.complete('cut-short')
  expect(events.slice(-2)).toMatchObject([
    { type: 'node.executed', data: { nodeId: 'greet', outputPath: 'hangup' } },
    { type: 'call.ended', data: { seq: 7, outcome: 'completed', outcomeReason: 'The service was stopped', flowOutcome: 'failed' } },
  ])
  expect(await database.sql`select id from bridges where id = ${replicaId}`).toHaveLength(0)
})

test('events that the database cannot take now are published later, and the call goes on meanwhile', async () => {
  const bridge = await start({ profile: { digits: { '1': 1 }, ringMs: { min: 500, max: 500 } } })
  const calls = listenToCalls(bridge.service.deps)
  answerForProgramApi(bridge.service.deps, { flow: menuFlow })
  await giveOrders(bridge.service.deps, [dialOrder('unheard')])
  await eventually(() => expect(calls.of('unheard').at(-1)?.type).toBe('call.ringing'))

  await database.sql`alter table outbox rename to outbox_away`
  await eventually(async () => expect(await metric(bridge, 'group_commit_failures_total')).toBeGreaterThan(0))
  await eventually(async () => expect(await metric(bridge, 'calls_in_progress')).toBe(0))
  await database.sql`alter table outbox_away rename to outbox`

  const events = await calls.complete('unheard')
  expect(events.map(({ data }) => data.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('an order that becomes too late while the journal commits is not dialed', async () => {
  const bridge = await start()
  const calls = listenToCalls(bridge.service.deps)
  answerForProgramApi(bridge.service.deps, { flow: menuFlow })
  await giveOrders(bridge.service.deps, [dialOrder('on-time')])
  await calls.complete('on-time')

  await database.sql.unsafe(`
    create function stay() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return null; end $$;
    create constraint trigger stay after insert on dial_journal deferrable initially deferred for each row execute function stay()`)
  await giveOrders(bridge.service.deps, [dialOrder('overtaken', { notAfter: toIso(Date.now() + 1_500) })])

  expect(await calls.complete('overtaken')).toMatchObject([{ type: 'call.not_dialed', data: { seq: 1, reason: 'expired' } }])
  expect([...(await database.sql`select state, last_seq, dial_order from dial_journal where call_id = 'overtaken'`)]).toEqual([
    { state: 'expired', last_seq: 1, dial_order: null },
  ])
  expect(bridge.originates.map(({ channelId }) => channelId)).toEqual(['on-time'])
  await database.sql`drop function stay() cascade`
})

test('an order that comes before its time, as a wrong clock made it, waits until the clock of the database is there', async () => {
  const bridge = await start()
  const calls = listenToCalls(bridge.service.deps)
  answerForProgramApi(bridge.service.deps, { flow: menuFlow })
  const notBeforeMs = Date.now() + 1_500
  const tooEarly = { notBefore: '2998-01-01T00:00:00.000Z', notAfter: toIso(notBeforeMs) }
  await giveOrders(bridge.service.deps, [
    dialOrder('early', { notBefore: toIso(notBeforeMs) }),
    dialOrder('impossible', { to: '+212600000003', ...tooEarly }),
    dialOrder('at-once', { to: '+212600000002' }),
  ])
  expect(Date.parse((await calls.complete('at-once'))[0]?.time ?? '')).toBeLessThan(notBeforeMs)
  expect(Date.parse((await calls.complete('early'))[0]?.time ?? '')).toBeGreaterThanOrEqual(notBeforeMs)
  expect(await calls.complete('impossible')).toMatchObject([{ type: 'call.not_dialed', data: { reason: 'expired' } }])
  expect(bridge.originates.map(({ channelId }) => channelId)).toEqual(['at-once', 'early'])
})

test('an order whose flow cannot be loaded now comes again, and does not hold up others', async () => {
  const bridge = await start()
  const calls = listenToCalls(bridge.service.deps)
  await giveOrders(bridge.service.deps, [dialOrder('asked-early', { flowVersion: 2 })])
  await eventually(async () => expect(await metric(bridge, 'dial_orders_postponed_total')).toBeGreaterThan(0))
  answerForProgramApi(bridge.service.deps, { flow: menuFlow })
  await giveOrders(bridge.service.deps, [dialOrder('asked-later', { to: '+212600000002' })])
  await calls.complete('asked-later')
  await calls.complete('asked-early')
  await eventually(async () => expect(await ordersInQueue(bridge.service.deps)).toBe(0))
})
