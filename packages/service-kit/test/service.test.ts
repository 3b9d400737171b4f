import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFixture } from './support/fixture.ts'

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
