import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'nats'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryRoot } from '../src/repository.ts'
import { images } from '../src/servers/docker-server.ts'
import { natsAccountUrl } from '../src/servers/nats-server.ts'
import { type Servers, startServers } from '../src/servers/servers.ts'
import { createSupervisor } from '../src/supervisor.ts'
import { scratchDir } from './support/scratch.ts'

const dataDir = scratchDir('servers')
const supervisor = createSupervisor(dataDir)
const options = { supervisor, dataDir, ephemeral: true, superuserPassword: 'superuser', natsAccounts: 2, useEnvironment: false }
let servers: Servers

beforeAll(async () => {
  servers = await startServers(options)
})

afterAll(async () => {
  await servers.stop()
  await supervisor.close()
})

async function query<T>(run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}

function account(number: number) {
  const { host, username: user, password: pass } = new URL(natsAccountUrl(servers.natsUrl, number))
  return connect({ servers: host, user, pass })
}

test('Postgres has room for all services and keeps the time in UTC', async () => {
  const [row] = await query(
    (sql) => sql`select current_setting('max_connections')::int as connections, current_setting('timezone') as timezone`,
  )
  expect(row).toEqual({ connections: 200, timezone: 'UTC' })
})

test('Postgres that is killed comes back at its address with its data', async () => {
  await query((sql) => sql`create table kept as select 1 as one`)
  await servers.kill('postgres')
  await servers.restart('postgres')
  expect(await query((sql) => sql`select one from kept`)).toEqual([{ one: 1 }])
})

test('NATS that is killed comes back at its address with its streams', async () => {
  const before = await account(1)
  await (await before.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept.>'] })
  await before.jetstream().publish('kept.one')
  await before.close()
  await servers.kill('nats')
  await servers.restart('nats')

  const after = await account(1)
  const { state } = await (await after.jetstreamManager()).streams.info('KEPT')
  expect(state.messages).toBe(1)
  await after.close()
})

test('one NATS account sees no stream of another', async () => {
  const other = await account(2)
  const manager = await other.jetstreamManager()
  expect(await manager.streams.list().next()).toEqual([])
  await other.close()
})

test('a server that was not started has no address', async () => {
  const none = await startServers({ ...options, only: [] })
  expect(() => none.redisUrl).toThrow('redis was not started')
})

test('docker-compose.yml runs the images that a Docker engine is asked for', () => {
  const compose = readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8')
  const named = [...compose.matchAll(/image: (\S+)/g)].map((match) => match[1]).filter((image) => image !== 'carillon')
  expect([...new Set(named)]).toEqual([images.postgres, images.nats, images.redis])
})
