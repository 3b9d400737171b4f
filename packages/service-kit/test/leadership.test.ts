import { eventually } from '@carillon/testing/eventually'
import { tcpProxy } from '@carillon/testing/tcp-proxy'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connectDatabase } from '../src/postgres/connect-database.ts'
import type { Database } from '../src/postgres/database.ts'
import { type Leadership, type LeadershipOptions, underLeadership } from '../src/postgres/leadership.ts'
import { productionAnchor } from '../src/process/clock.ts'
import { type KitTables, openKitTables } from './support/kit-tables.ts'

const ttlMs = 600
let tables: KitTables
beforeAll(async () => {
  tables = await openKitTables()
})
afterAll(() => tables.close())

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const lines: { msg: string; lease: string }[] = []
const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })

/** Something that works until its term ends, and whether it is at work. */
function worker(name: string, options: Partial<LeadershipOptions> = {}) {
  const state = { isWorking: false, terms: [] as Leadership[] }
  const stop = underLeadership({
    database: tables.database,
    logger,
    name,
    ttlMs,
    async work(leadership) {
      state.terms.push(leadership)
      state.isWorking = true
      await ended(leadership)
      state.isWorking = false
    },
    ...options,
  })
  stops.push(stop)
  return { state, stop }
}

const ended = ({ ended: signal }: Leadership) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))

test('one of two works at a time, and the other goes on when the first one stops', async () => {
  const workers = [worker('one-at-a-time'), worker('one-at-a-time')]
  const working = () => workers.filter(({ state }) => state.isWorking)
  await eventually(() => expect(working()).toHaveLength(1))
  const [first] = working()
  await first?.stop()
  expect(first?.state.isWorking).toBe(false)
  await eventually(() => expect(working()).toHaveLength(1))
  expect(workers.map(({ state }) => state.terms.length)).toEqual([1, 1])
})

test('leases of different names do not exclude one another', async () => {
  const [one, other] = [worker('left'), worker('right')]
  await eventually(() => expect([one.state.isWorking, other.state.isWorking]).toEqual([true, true]))
})

test('a leader keeps its lease for as long as it makes progress', async () => {
  const { state } = worker('steady')
  await eventually(() => expect(state.isWorking).toBe(true))
  await tables.database.sql`select pg_sleep(${(3 * ttlMs) / 1000})`
  expect([state.isWorking, state.terms.length, state.terms[0]?.isHeld()]).toEqual([true, 1, true])
})

test('a leader whose connections fall silent loses the lease, and knows it; another one leads after the lease has expired', async () => {
  const proxy = await tcpProxy(tables.url)
  const silent: Database = connectDatabase({ url: proxy.url, name: 'silent', connections: 4, anchor: productionAnchor })
  const former = worker('silent', { database: silent })
  await eventually(() => expect(former.state.isWorking).toBe(true))
  proxy.stall()
  const startedAtMs = performance.now()
  const next = worker('silent')
  await eventually(() => expect(next.state.isWorking).toBe(true), { timeoutMs: 5_000 })
  expect(performance.now() - startedAtMs).toBeLessThan(4_000)
  expect(former.state.terms[0]?.isHeld()).toBe(false)
  expect(() => former.state.terms[0]?.assertHeld()).toThrow('the lease silent may have expired')
  proxy.cut()
  proxy.resume()
  await former.stop()
  await silent.close()
  await proxy.close()
})

test('work that hangs loses the lease while it hangs', async () => {
  let release = () => {}
  const hung = new Promise<void>((resolve) => {
    release = resolve
  })
  let hangs = 0
  worker('hanging', {
    hangLimitMs: 700,
    work(leadership) {
      hangs++
      return hangs === 1 ? hung : ended(leadership)
    },
  })
  await eventually(() => expect(hangs).toBe(1))
  const next = worker('hanging')
  await eventually(() => expect(next.state.isWorking).toBe(true), { timeoutMs: 5_000 })
  expect(lines.filter(({ lease, msg }) => lease === 'hanging' && msg.includes('hangs'))).toHaveLength(1)
  release()
})

test('a leader whose lease another process has taken is told', async () => {
  const { state } = worker('taken')
  await eventually(() => expect(state.isWorking).toBe(true))
  await tables.database.sql`update leases set holder = 'another', expires_at = clock_timestamp() + interval '0.5 s' where name = 'taken'`
  await eventually(() => expect(state.terms).toHaveLength(2))
  expect(state.terms[0]?.ended.aborted).toBe(true)
})

test('work that fails is logged and starts again', async () => {
  let runs = 0
  worker('failing', {
    async work() {
      runs++
      if (runs === 1) throw new Error('no')
    },
  })
  await eventually(() => expect(runs).toBeGreaterThan(1))
  expect(lines.filter(({ lease }) => lease === 'failing')).toHaveLength(1)
})
