import { execFile } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { eventually } from '@carillon/testing/eventually'
import { tcpProxy } from '@carillon/testing/tcp-proxy'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deadLetterCommand } from '../src/messaging/dead-letter-command.ts'
import { addDeadLetters } from '../src/messaging/dead-letters.ts'
import { appendToOutbox } from '../src/messaging/outbox.ts'
import { openFixture, ringing, tally } from './support/fixture.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(() => fixture.close())

test('what was begun last is stopped first, while the database is still there', async () => {
  const { deps, close } = await fixture.replica()
  const stopped: string[] = []
  deps.onStop(() => void stopped.push('first'))
  deps.onStop(async () => {
    await deps.database.sql`select 1`
    stopped.push('second')
  })
  await close()
  expect(stopped).toEqual(['second', 'first'])
})

test('regular work ends with the service', async () => {
  const { deps, close } = await fixture.replica()
  let runs = 0
  const work = async () => {
    await deps.database.sql`select 1`
    runs++
  }
  await deps.every({ name: 'count', intervalMs: 1, work, startsNow: true }).firstRun
  await close()
  const runsAtEnd = runs
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(runs).toBe(runsAtEnd)
})

test('a service is ready while it reaches its servers', async () => {
  const { deps, close } = await fixture.replica()
  await expect(deps.ready()).resolves.toBeUndefined()
  await close()
  await expect(deps.ready()).rejects.toThrow()
})

test('a service that starts while NATS cannot be reached waits, says so, and starts when it answers', async () => {
  const proxy = await tcpProxy(fixture.nats.url)
  proxy.stall()
  let started = false
  const starting = fixture.replica({ NATS_URL: proxy.url }).then((service) => {
    started = true
    return service
  })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(started).toBe(false)
  proxy.resume()
  const { deps, close } = await starting
  await expect(deps.ready()).resolves.toBeUndefined()
  await close()
  await proxy.close()
})

test('a service that starts before Postgres listens waits for it', async () => {
  const proxy = await tcpProxy(fixture.databaseUrl) // only for a port that nobody uses
  const port = Number(new URL(proxy.url).port)
  await proxy.close()
  const target = new URL(fixture.databaseUrl)
  const early = new URL(fixture.databaseUrl)
  early.port = String(port)
  const starting = fixture.replica({ DATABASE_URL: early.toString() })
  await new Promise((resolve) => setTimeout(resolve, 700))
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    client.pipe(server).pipe(client)
    for (const socket of [client, server]) socket.on('error', () => [client, server].map((one) => one.destroy()))
  }).listen(port, '127.0.0.1')
  const { deps, close } = await starting
  await expect(deps.ready()).resolves.toBeUndefined()
  await close()
  listener.close()
})

test('a lane that keeps failing makes the service not ready and is a metric, until its events can be applied', async () => {
  const { deps } = await fixture.replica()
  let fails = true
  deps.project(
    tally('a', () => {
      if (fails) throw new Error('the table is being changed')
    }),
  )
  const failing = async () => (await deps.metrics.projectionLanesFailing.get()).values[0]?.value
  await deps.database.transaction((tx) => appendToOutbox(tx, deps.outbox, [ringing('x', 'one')]))
  await eventually(() => expect(deps.ready()).rejects.toThrow(/^tally: the lanes \d+ fail$/))
  await eventually(async () => expect(await failing()).toBe(1))
  fails = false
  await eventually(() => expect(deps.ready()).resolves.toBeUndefined())
  expect(await deps.database.sql`select 1 from tally`).toHaveLength(1)
  expect(await deps.database.sql`select 1 from dead_letters`).toHaveLength(0)
})

test('dead letters are listed, shown and marked for another try by a command', async () => {
  const { deps } = await fixture.replica()
  const { database } = deps
  const letter = {
    projection: 'p',
    lane: 3,
    sequence: 9,
    position: 0,
    subject: 'calls.3.x',
    message: '{"a":1}',
    error: 'Error: no\n    at x',
  }
  await addDeadLetters(database, [letter])
  const run = async (...args: string[]) => {
    let output = ''
    const code = await deadLetterCommand(database, args, (text) => {
      output += text
    })
    return [code, output] as const
  }
  const [, listed] = await run('list')
  const id = listed.split(' ')[0] ?? ''
  expect(listed).toMatch(/^\d+ {2}\d{4}-.* {2}p {2}lane 3 {2}9\/0 {2}calls\.3\.x {2}Error: no\n$/)
  expect(await run('show', id)).toEqual([0, expect.stringContaining('{"a":1}')])
  expect(await run('show', '999')).toEqual([1, 'there is no dead letter 999\n'])
  expect(await run('replay', id)).toEqual([0, expect.stringMatching(/^1 to be tried again/)])
  expect((await run('list'))[1]).toContain('(being tried again)')
  for (const wrong of [[], ['list', 'x'], ['replay'], ['replay', 'x']]) expect((await run(...wrong))[0]).toBe(64)
})

test('a process that cannot run with its environment says which variables are at fault, and exits with 78', async () => {
  const program = fileURLToPath(new URL('./support/program.ts', import.meta.url))
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [program], { env: { SERVICE_PORT: '99999' } }, (error, _stdout, text) =>
      resolve({ code: error?.code, stderr: text }),
    )
  })
  expect(code).toBe(78)
  expect(stderr).toMatch(/^program: The environment is not valid:/)
  for (const variable of ['DATABASE_URL', 'NATS_URL', 'SERVICE_PORT']) expect(stderr).toContain(`  ${variable}: `)
})
