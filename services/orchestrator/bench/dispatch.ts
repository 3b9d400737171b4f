/**
 * Measures the orchestrator: launches an audience, calls every contact, and prints the time of the launch, the calls per second and the processor time
 * per call, of this process and of its database connections. Needs DATABASE_URL (an empty database on this machine) and NATS_URL (a server
 * without streams): `node bench/dispatch.ts [contacts] [calls at once] [calls per second, 0 for no limit]`.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { laneCount } from '@carillon/contracts/lane'
import { identityHeader } from '@carillon/service-kit/http/internal-auth'
import { loadConfig, ServiceEnvironment } from '@carillon/service-kit/process/config'
import { openService } from '@carillon/service-kit/process/service'
import { eventually } from '@carillon/testing/eventually'
import { buildApp } from '../src/app.ts'

const [contacts = 50_000, callsAtOnce = 500, callsPerSecond = 0] = process.argv.slice(2).map(Number)
const environment = { INTERNAL_AUTH_SECRET: 'a secret of the bench alone', LOG_LEVEL: 'warn', ...process.env }
const { deps, close } = await openService(
  'orchestrator',
  loadConfig(ServiceEnvironment, environment),
  fileURLToPath(new URL('../migrations', import.meta.url)),
)
const settings = [contacts, callsAtOnce, callsPerSecond].map(String)
const player = spawn(process.execPath, [fileURLToPath(new URL('player.ts', import.meta.url)), ...settings], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: environment,
})
const [address] = (await once(player.stdout, 'data')) as [Buffer]
const app = await buildApp(deps, {
  PROGRAM_API_URL: address.toString().trim(),
  DEFAULT_MAX_CONCURRENT_CALLS: 50,
  JOB_MAX_CONCURRENT_CALLS: 50,
  ORDER_VALIDITY_MS: 30_000,
})
await eventually(async () => {
  const rows = await deps.database.sql`select 1 from leases where name like 'calls/%'`
  if (rows.length < laneCount) throw new Error('the lanes are not held yet')
})
const organizationId = randomUUID()
const token = await deps.auth.sign({ organizationId, role: 'admin', subject: 'user:bench', country: 'MA', timezone: 'Africa/Casablanca' })

/** Processor time of this process's database connections so far. Linux counts it in hundredths of a second. */
async function backendMs(): Promise<number> {
  const rows = await deps.database.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name = ${deps.replicaId}`
  const ticks = await Promise.all(
    rows.map(async ({ pid }) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
      return Number(fields[11]) + Number(fields[12])
    }),
  )
  return ticks.reduce((sum, tick) => sum + tick, 0) * 10
}

async function meter<T>(work: () => Promise<T>) {
  const [cpu, backend, startedAt] = [process.cpuUsage(), await backendMs(), performance.now()]
  const result = await work()
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  return { result, ms, cpuMs: (user + system) / 1000, backendMs: (await backendMs()) - backend }
}

const launched = await meter(async () => {
  const answer = await app.inject({ method: 'POST', url: `/programs/${randomUUID()}/launch`, headers: { [identityHeader]: token } })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json().executionId as string
})
const peakAfterLaunch = process.resourceUsage().maxRSS
process.stdout.write(
  `launch of ${contacts}: ${(launched.ms / 1000).toFixed(1)} s, ${Math.round(contacts / (launched.ms / 1000))} contacts/s, ` +
    `CPU ${(launched.cpuMs / 1000).toFixed(1)} s here and ${(launched.backendMs / 1000).toFixed(1)} s in Postgres, peak ${Math.round(peakAfterLaunch / 1000)} MB\n`,
)
const dispatched = await meter(() =>
  eventually(
    async () => {
      const [row] = await deps.database.sql`select status, completed from executions where id = ${launched.result}`
      if (row?.status !== 'completed') throw new Error(`${row?.completed} of ${contacts} called`)
    },
    { timeoutMs: 600_000, intervalMs: 250 },
  ),
)
const [batches] = await deps.database.sql<{ events: number }[]>`
  select revision as events from executions where id = ${launched.result}`
const perCall = (ms: number) => `${((ms * 1000) / contacts).toFixed(0)} µs`
process.stdout.write(
  `dispatch of ${contacts}: ${Math.round(contacts / (dispatched.ms / 1000))} calls/s, a call ${perCall(dispatched.cpuMs)} here and ` +
    `${perCall(dispatched.backendMs)} in Postgres, ${((dispatched.cpuMs / dispatched.ms) * 100).toFixed(0)} % of a core, ` +
    `${(contacts / (batches?.events ?? 1)).toFixed(1)} calls a round, peak ${Math.round(process.resourceUsage().maxRSS / 1000)} MB\n`,
)
player.kill()
await app.close()
await close()
