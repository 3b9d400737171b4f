import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isTransient } from '../src/postgres/database.ts'
import type { ServiceDeps } from '../src/process/service.ts'
import { openFixture } from './support/fixture.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
let deps: ServiceDeps
beforeAll(async () => {
  fixture = await openFixture()
  deps = (await fixture.replica()).deps
  await deps.database.sql`create table numbers (n integer primary key)`
})
afterAll(() => fixture.close())

test('under more load than connections, each transaction commits or rolls back as a whole', async () => {
  const { database } = deps
  const work = Array.from({ length: 300 }, async (_, n) => {
    const reading = Promise.all([database.sql`select 1`, database.sql`select 2`])
    const writing = database.transaction(async (tx) => {
      await tx.sql`insert into numbers (n) values (${n})`
      if (n % 3 === 0) throw new Error('no multiples of three')
      await tx.sql`insert into numbers (n) values (${n + 1_000})`
    })
    const [outcome] = await Promise.allSettled([writing, reading])
    expect(outcome.status).toBe(n % 3 === 0 ? 'rejected' : 'fulfilled')
  })
  await Promise.all(work)
  const [row] = await database.sql`select count(*) as written from numbers`
  expect(row?.written).toBe(400)
  const open = await database.sql`
    select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`
  expect(open).toHaveLength(0)
})

test('a connection that is lost inside a transaction is a failure worth another try', async () => {
  const { database } = deps
  const [statement, idle] = await Promise.all([
    database
      .transaction(async (tx) => {
        await tx.sql`insert into numbers (n) values (5000)`
        await tx.sql`select pg_terminate_backend(pg_backend_pid())`
      })
      .catch((error: unknown) => error),
    database
      .transaction(async (tx) => {
        await tx.sql`insert into numbers (n) values (5001)`
        const [own] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
        await database.sql`select pg_terminate_backend(${own?.pid ?? 0})`
        await tx.sql`insert into numbers (n) values (5002)`
      })
      .catch((error: unknown) => error),
  ])
  expect(isTransient(statement)).toBe(true)
  expect(isTransient(idle)).toBe(true)
  expect(await database.sql`select n from numbers where n >= 5000 and n < 6000`).toHaveLength(0)
})

test('connections that are lost under load, over and over, all come back', async () => {
  const { database } = deps
  const add = (n: number) => database.transaction((tx) => tx.sql`select ${n}::integer + 1 as sum`)
  for (let round = 0; round < 20; round++) {
    const working = Array.from({ length: 50 }, (_, n) => Promise.allSettled([add(n), database.sql`select ${n}::integer`]))
    const others = database.dedicated()
    await others`
      select pg_terminate_backend(pid) from pg_stat_activity
      -- The server's own workers, such as autovacuum, belong to the superuser.
      where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`
    await Promise.all([...working, others.end()])
  }
  // A connection may learn only from its next statement that the server has closed it.
  await eventually(async () => {
    const sums = await Promise.all(Array.from({ length: 40 }, (_, n) => add(n)))
    expect(sums.map(([row]) => row?.sum)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
  })
})

test('what is registered for after the commit runs then, and never after a rollback', async () => {
  const ran: string[] = []
  await deps.database.transaction(async (tx) => tx.afterCommit(() => ran.push('committed')))
  const refused = deps.database.transaction(async (tx) => {
    tx.afterCommit(() => ran.push('rolled back'))
    throw new Error('no')
  })
  await expect(refused).rejects.toThrow('no')
  expect(ran).toEqual(['committed'])
})

test('a snapshot sees one instant and writes nothing', async () => {
  const { database } = deps
  const counts = await database.snapshot(async (tx) => {
    const [before] = await tx.sql`select count(*) as n from numbers`
    await database.sql`insert into numbers (n) values (9000)`
    const [after] = await tx.sql`select count(*) as n from numbers`
    return [before?.n, after?.n]
  })
  expect(counts[0]).toBe(counts[1])
  await expect(database.snapshot((tx) => tx.sql`insert into numbers (n) values (9001)`)).rejects.toThrow('read-only')
})
