/**
 * Measures the two paths that handle whole audiences: the import of a CSV file, and the snapshot that a launch streams. Runs the service as its own
 * process. DATABASE_URL (an empty database) and NATS_URL name the servers.
 *
 *     node bench/contacts.ts [rows]
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { identityHeader, internalAuth } from '@carillon/service-kit/http/internal-auth'

const rowCount = Number(process.argv[2] ?? 1_000_000)
const secret = 'a secret of the benchmark alone'
const port = 40_000 + (process.pid % 20_000)
const url = `http://127.0.0.1:${port}`

const service = spawn(process.execPath, [decodeURIComponent(new URL('../src/main.ts', import.meta.url).pathname)], {
  env: { ...process.env, SERVICE_PORT: String(port), INTERNAL_AUTH_SECRET: secret, LOG_LEVEL: 'warn' },
  stdio: ['ignore', 'inherit', 'inherit'],
})

const headers = async () => ({
  [identityHeader]: await internalAuth(secret, Date.now).sign({
    organizationId: '018f0000-0000-7000-8000-00000000000a',
    role: 'platform_admin',
    subject: 'service:bench',
    country: 'MA',
    timezone: 'Africa/Casablanca',
  }),
})

/** The service's peak memory (megabytes) and processor time (seconds) so far. */
function usage() {
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]
  const fields = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(' ')
  return { peakMb: Math.round(Number(peak) / 1024), cpuSeconds: (Number(fields[13]) + Number(fields[14])) / 100 }
}

async function measured(what: string, rows: number, work: () => Promise<void>) {
  const before = usage()
  const start = performance.now()
  await work()
  const seconds = (performance.now() - start) / 1000
  const after = usage()
  const cpu = (after.cpuSeconds - before.cpuSeconds).toFixed(1)
  process.stdout.write(
    `${what}: ${Math.round(rows / seconds)} rows/s (${seconds.toFixed(1)} s, service ${cpu} s CPU, peak ${after.peakMb} MB)\n`,
  )
}

async function* file() {
  const encoder = new TextEncoder()
  yield encoder.encode('Téléphone;Prénom;Nom;Ville;Crédit;Client;Échéance\n')
  for (let start = 0; start < rowCount; start += 500) {
    let text = ''
    for (let row = start; row < Math.min(start + 500, rowCount); row++) {
      text += `06${10_000_000 + row};Ahmed${row % 1000};"Ben ""Ali"" ${row % 5000}";Casablanca;${(row % 9000) / 10};${row % 2 ? 'oui' : 'non'};2025-0${1 + (row % 9)}-1${row % 10}\n`
    }
    yield encoder.encode(text)
  }
}

async function importFile() {
  const reply = await fetch(`${url}/contacts/import?audienceName=Everybody`, {
    method: 'POST',
    headers: { ...(await headers()), 'content-type': 'text/csv' },
    body: ReadableStream.from(file()),
    duplex: 'half',
  })
  const { created, updated, audienceId } = (await reply.json()) as { created: number; updated: number; audienceId: string }
  if (created + updated !== rowCount) throw new Error(`${created} created and ${updated} updated of ${rowCount}`)
  return audienceId
}

try {
  while (!(await fetch(`${url}/ready`).catch(() => undefined))?.ok) {
    if (service.exitCode !== null) throw new Error('the service did not start')
    await delay(50)
  }
  process.stdout.write(`ready: peak ${usage().peakMb} MB\n`)
  let audienceId = ''
  await measured('import, all new', rowCount, async () => {
    audienceId = await importFile()
  })
  await measured('import, all known', rowCount, async () => {
    await importFile()
  })
  await measured('snapshot', rowCount, async () => {
    const reply = await fetch(`${url}/internal/audiences/${audienceId}/contacts`, { headers: await headers() })
    let lines = 0
    for await (const chunk of reply.body ?? []) for (const byte of chunk) if (byte === 10) lines++
    if (lines !== rowCount) throw new Error(`${lines} lines of ${rowCount}`)
  })
} finally {
  service.kill()
}
