/**
 * Rates calls that wait on the stream and prints the process's CPU time per call. It includes reading, rating, the ledger, the outbox and its
 * relay. Needs DATABASE_URL (an empty database) and NATS_URL (a server without streams): `node bench/rating.ts [calls]`.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadConfig, ServiceEnvironment } from '@carillon/service-kit/process/config'
import { openService } from '@carillon/service-kit/process/service'
import { eventually } from '@carillon/testing/eventually'
import { buildApp } from '../src/app.ts'

const calls = Number(process.argv[2] ?? 30_000)
const environment = { INTERNAL_AUTH_SECRET: 'a secret of the bench alone', LOG_LEVEL: 'warn', ...process.env }
const migrations = fileURLToPath(new URL('../migrations', import.meta.url))
const { deps, close } = await openService('billing', loadConfig(ServiceEnvironment, environment), migrations)
execFileSync(process.execPath, [fileURLToPath(new URL('publish-calls.ts', import.meta.url)), String(calls)])

const startedAtMs = performance.now()
const cpuBefore = process.cpuUsage()
const app = await buildApp(deps)
await eventually(
  async () => {
    const [row] = await deps.database.sql<[{ published: number }]>`
      select coalesce(sum(message_count), 0)::int as published from outbox where published_at is not null`
    if (row.published < calls) throw new Error(`${row.published} of ${calls} calls rated and published`)
  },
  { timeoutMs: 300_000, intervalMs: 100 },
)
const cpu = process.cpuUsage(cpuBefore)
const seconds = (performance.now() - startedAtMs) / 1000
process.stdout.write(
  `${calls} calls in ${seconds.toFixed(1)} s: ${Math.round(calls / seconds)} calls/s, ${((cpu.user + cpu.system) / calls).toFixed(1)} µs CPU a call, ` +
    `${Math.round(process.memoryUsage.rss() / 1e6)} MB\n`,
)
await app.close()
await close()
