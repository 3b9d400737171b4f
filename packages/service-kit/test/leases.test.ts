import { eventually } from '@carillon/testing/eventually'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../src/postgres/database.ts'
import { openFixture } from './support/fixture.ts'
import { type LeaseHolder, leaseHolder, leaseItems, leaseTtlMs } from './support/leases.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
let database: Database
beforeAll(async () => {
  fixture = await openFixture()
  database = (await fixture.replica()).deps.database
})
afterAll(() => fixture.close())

const holders: LeaseHolder[] = []
const start = (name: string, group?: string, through = database) => {
  const holder = leaseHolder(through, name, group)
  holders.push(holder)
  return holder
}
beforeEach(() => database.sql`truncate leases, replicas`)
afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.stop()
})

const allOf = (...replicas: LeaseHolder[]) => replicas.flatMap((replica) => replica.held()).sort()

test('a replica that is alone holds everything', async () => {
  const only = start('a')
  await eventually(() => expect(only.held()).toEqual(leaseItems))
})

test('replicas share the items evenly, and each item has one holder', async () => {
  const first = start('a')
  await eventually(() => expect(first.held()).toEqual(leaseItems))
  const others = [start('b'), start('c')]
  await eventually(() => {
    for (const replica of [first, ...others]) expect(replica.held()).toHaveLength(2)
    expect(allOf(first, ...others)).toEqual(leaseItems)
  })
})

test('groups do not share with one another', async () => {
  const [one, other] = [start('a', 'one'), start('a', 'other')]
  await eventually(() => expect([one.held(), other.held()]).toEqual([leaseItems, leaseItems]))
})

test('a replica that stops gives its items back at once, after the work on them has ended', async () => {
  const first = start('a')
  await eventually(() => expect(first.held()).toEqual(leaseItems))
  await first.stop()
  expect(first.lost.toSorted()).toEqual(leaseItems)
  expect(await database.sql`select name from leases`).toEqual([])
  expect(await database.sql`select id from replicas`).toEqual([])
})

test('the items of a replica that died are taken when its leases have expired, and not before', async () => {
  const expiresAtMs = Date.now() + 1_500
  await database.sql`
    insert into leases (name, holder, expires_at)
    select 'group/' || item, 'dead', clock_timestamp() + interval '1500 milliseconds' from generate_series(0, 5) as item`
  const heir = start('a')
  await eventually(() => expect(heir.held()).toEqual(leaseItems), { intervalMs: 5 })
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAtMs)
})

test('a replica that stood still loses what another has taken meanwhile', async () => {
  const first = start('a')
  await eventually(() => expect(first.held()).toEqual(leaseItems))
  await database.sql`
    update leases set holder = 'another', expires_at = clock_timestamp() + interval '1 hour' where name in ('group/1', 'group/4')`
  await eventually(() => expect(first.held()).toEqual([0, 2, 3, 5]))
  expect(first.lost.toSorted()).toEqual([1, 4])
})

test('a replica that cannot reach the database gives up its items when they have expired, and takes them again afterwards', async () => {
  let isAway = false
  const through: Database = {
    ...database,
    async promptly(limitMs, work) {
      if (isAway) throw new Error('the database is away')
      return database.promptly(limitMs, work)
    },
  }
  const first = start('a', 'group', through)
  await eventually(() => expect(first.held()).toEqual(leaseItems))
  isAway = true
  const awaySinceMs = performance.now()
  await eventually(() => expect(first.held()).toEqual([]), { intervalMs: 5 })
  expect(performance.now() - awaySinceMs).toBeGreaterThan(leaseTtlMs / 2)
  isAway = false
  await eventually(() => expect(first.held()).toEqual(leaseItems))
})
