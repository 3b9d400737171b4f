import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@carillon/service-kit/process/logger'
import { emptyDatabase, type TestDatabase, testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { type TestNats, testNats } from '@carillon/testing/nats'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerForProgramApi, giveOrders, listenToCalls, openTestBridge, type TestBridge } from './support/fixture.ts'
import { menuFlow } from './support/flows.ts'
import { dialOrder } from './support/orders.ts'

let database: TestDatabase
let others: Awaited<ReturnType<typeof emptyDatabase>>
let nats: TestNats
let stack: TestStack
let successor: TestBridge | undefined
const dir = mkdtempSync(join(tmpdir(), 'carrier-profiles-'))
const commitLock = 77

beforeAll(async () => {
  database = await testDatabase('dialer-bridge')
  others = await emptyDatabase()
  nats = await testNats()
  const profilePath = join(dir, 'instant.json')
  writeFileSync(profilePath, JSON.stringify({ digits: { '1': 1 } }))
  stack = await testStack({
    only: ['dialer-bridge'],
    natsUrl: nats.url,
    databaseUrls: { ...others.urls, 'dialer-bridge': database.url },
    carrier: { profilePath, seed: 7 },
    extraEnvironment: { 'dialer-bridge': { BRIDGE_STALE_MS: '1000' } },
  })
  answerForProgramApi({ nats: nats.connection, logger: createLogger('test', 'silent') }, { flow: menuFlow })
})
afterAll(async () => {
  await successor?.close()
  await stack.close()
  await nats.close()
  await others.drop()
  await database.drop()
  rmSync(dir, { recursive: true })
})

/** From now on a commit of new calls waits as long as somebody holds the lock. */
async function makeCommitsWait() {
  await database.sql.unsafe(`
    create function wait_for_lock() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(${commitLock}); return null; end $$;
    create constraint trigger wait_for_lock after insert on dial_journal deferrable initially deferred for each row execute function wait_for_lock()`)
}

async function commitsThatWait(): Promise<number> {
  const rows = await database.sql`select from pg_locks where locktype = 'advisory' and objid = ${commitLock} and not granted`
  return rows.length
}

test('calls that were ended as lost while their bridge stood still between the commit and the carrier are never dialed', async () => {
  const calls = listenToCalls({ nats: nats.connection })
  const bridge = stack.services['dialer-bridge']
  await giveOrders({ nats: nats.connection }, [dialOrder('before', { to: '+212600000009' })])
  await calls.complete('before')
  const ids = Array.from({ length: 10 }, (_, index) => `overtaken-${index}`)
  await makeCommitsWait()

  await database.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${commitLock})`
    const orders = ids.map((id, index) => dialOrder(id, { to: `+21260000001${index}` }))
    await giveOrders({ nats: nats.connection }, orders)
    await eventually(async () => expect(await commitsThatWait()).toBeGreaterThan(0))
    process.kill(bridge.pid, 'SIGSTOP')
  })
  successor = await openTestBridge({ service: { database, nats }, staleMs: 1_000 })
  const lost = await eventually(async () => {
    const rows = await database.sql<{ callId: string; state: string }[]>`
      select call_id as "callId", state from dial_journal where call_id = any(${ids})`
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ state }) => state !== 'ended')).toEqual([])
    return rows.map(({ callId }) => callId)
  })
  process.kill(bridge.pid, 'SIGCONT')

  await eventually(() => {
    const dropped = readFileSync(bridge.logPath, 'utf8').match(/taken over by another bridge before it was dialed/g) ?? []
    expect(dropped).toHaveLength(lost.length)
  })
  for (const id of lost) expect((await calls.complete(id)).at(-1)).toMatchObject({ data: { outcome: 'failed', outcomeReason: 'lost' } })
  const asked = readFileSync(stack.originatesPath, 'utf8')
  expect(lost.filter((id) => asked.includes(`"${id}"`))).toEqual([])
  expect(asked).toContain('"before"')
})
