import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type StreamName, subjectOf } from '@carillon/contracts/streams'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { eventDecoder } from '@carillon/service-kit/messaging/event-decoder'
import type { ProjectedEvent, Projection } from '@carillon/service-kit/messaging/projection'
import { connectDatabase } from '@carillon/service-kit/postgres/connect-database'
import { migrate } from '@carillon/service-kit/postgres/migrations'
import { productionAnchor } from '@carillon/service-kit/process/clock'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { preparePartitions } from '../src/read-models/partitions.ts'
import { readModels } from '../src/read-models/registry.ts'
import { eventsOf, type PlannedCall, plannedCall, ratingOf } from '../test/support/events.ts'

/*
 * Measures the processor time that a call of ten events takes: decoding, folding and writing, in this process and in Postgres.
 * DATABASE_URL names an empty database on this machine. Arguments: calls (50000), events in a batch (1000), calls going on at once (100).
 * With more calls at once, or smaller batches, the events of a call are spread over more batches.
 */
const [calls = 50_000, batchSize = 1_000, atOnce = 100] = process.argv.slice(2).map(Number)
const url = process.env.DATABASE_URL
if (!url) throw new Error('DATABASE_URL names the database to measure with')

const database = connectDatabase({ url, name: 'bench', connections: 2, anchor: productionAnchor })
const migrating = database.dedicated()
await migrate(migrating, fileURLToPath(new URL('../migrations/', import.meta.url)))
await migrating.end()
await preparePartitions(database, readModels, Date.now())

const executionId = uuidv7(Date.now())
const nodes = [{ nodeId: 'dial' }, { nodeId: 'welcome' }, { nodeId: 'menu', digits: '1' }, { nodeId: 'record' }, { nodeId: 'bye' }]
const costs = [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }]

function someCalls(count: number): PlannedCall[] {
  const startedAtMs = Date.now()
  return Array.from({ length: count }, () => plannedCall({ callId: uuidv7(startedAtMs), executionId, startedAtMs, nodes }))
}

/** The events of calls that run at the same time. */
function sideBySide(group: readonly PlannedCall[]) {
  const histories = group.map(eventsOf)
  return Array.from({ length: 10 }, (_, index) => histories.flatMap((history) => history[index] ?? [])).flat()
}

function meter<E extends ProjectedEvent>(stream: StreamName, projection: Projection<E>) {
  const decode = eventDecoder<E>(projection.schemas)
  const text = new TextEncoder()
  let position = 0
  const spent = { nodeMicros: 0, backendMicros: 0, wallMs: 0 }
  return {
    spent,
    async apply(events: readonly E[]) {
      const messages = events.map((event) => ({ subject: subjectOf(stream, 0, event.type), data: text.encode(JSON.stringify(event)) }))
      const [cpu, backend, beganAt] = [process.cpuUsage(), await backendMicros(), performance.now()]
      for (let start = 0; start < messages.length; start += batchSize) {
        const batch = messages.slice(start, start + batchSize).flatMap(({ subject, data }) => {
          return decode(subject, data).flatMap(({ event }) => (event ? [Object.assign(event, { position: ++position })] : []))
        })
        await database.transaction((tx) => projection.apply(tx, 0, batch))
      }
      spent.wallMs += performance.now() - beganAt
      const { user, system } = process.cpuUsage(cpu)
      spent.nodeMicros += user + system
      spent.backendMicros += (await backendMicros()) - backend
    },
  }
}

/** Processor time of this program's Postgres backends so far. Linux counts it in hundredths of a second. */
async function backendMicros(): Promise<number> {
  const rows = await database.sql<{ pid: number }[]>`select pid from pg_stat_activity where application_name = 'bench'`
  let hundredths = 0
  for (const { pid } of rows) {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
    hundredths += Number(fields[11]) + Number(fields[12])
  }
  return hundredths * 10_000
}

const meters = { calls: meter('CALLS', callsProjection), billing: meter('BILLING', billingProjection) }
for (let done = 0; done < calls; done += atOnce) {
  const group = someCalls(atOnce)
  await meters.calls.apply(sideBySide(group))
  await meters.billing.apply(group.map((call) => ratingOf(call, costs)))
}
for (const [name, { spent }] of Object.entries(meters)) {
  const perCall = (micros: number) => (micros / calls).toFixed(1)
  const perSecond = Math.round(calls / (spent.wallMs / 1000))
  const line = `${name}: Node ${perCall(spent.nodeMicros)} µs a call, Postgres ${perCall(spent.backendMicros)} µs a call, ${perSecond} calls/s`
  process.stdout.write(`${line}\n`)
}
await database.close()
