/**
 * Prints how many calls a second one bridge runs, and what a call of ten events costs: orders from NATS, journal, flow, carrier, outbox, stream.
 * The calls last no time. Takes an empty database and a NATS with JetStream: `DATABASE_URL=… NATS_URL=… node bench/bridge.ts [calls]`.
 */
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { laneOf } from '@carillon/contracts/lane'
import { questions } from '@carillon/contracts/questions'
import { streams, subjectOf } from '@carillon/contracts/streams'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import { streamPublisher } from '@carillon/service-kit/messaging/stream-publisher'
import { loadConfig } from '@carillon/service-kit/process/config'
import { openService, type ServiceDeps } from '@carillon/service-kit/process/service'
import { startBridge } from '../src/bridge.ts'
import { configuredCarrier } from '../src/carriers/configured-carrier.ts'
import { BridgeEnvironment } from '../src/config.ts'
import { menuFlow } from '../test/support/flows.ts'
import { dialOrder } from '../test/support/orders.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const config = loadConfig(BridgeEnvironment, {
  INTERNAL_AUTH_SECRET: 'a secret of this bench',
  LOG_LEVEL: 'warn',
  SIMULATED_CARRIER_PROFILE: path('../profiles/instant.json'),
  ...process.env,
})
const callCount = Number(process.argv[2] ?? 50_000)
const executions = Array.from({ length: 32 }, (_, index) => `bench-execution-${index}`)
const run = Date.now().toString(36)

const service = await openService('dialer-bridge', config, path('../migrations'))
const { deps } = service
answerQuestion(deps.nats, questions.flowVersion, deps.logger, async ({ flowId, version }) => ({
  flowId,
  version,
  name: flowId,
  graph: menuFlow,
}))
answerQuestion(deps.nats, questions.doNotCall, deps.logger, async () => ({ listed: [] }))
await giveOrders(deps)

const cpu = process.cpuUsage()
const startedAtMs = performance.now()
const bridge = await startBridge(deps, configuredCarrier(config, deps), {
  maxChannels: config.MAX_CHANNELS,
  staleMs: config.BRIDGE_STALE_MS,
  drainMs: 0,
  reachesPeople: false,
})
await untilPublished(deps, callCount * 10)
const { user, system } = process.cpuUsage(cpu)
const seconds = (performance.now() - startedAtMs) / 1000
const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(
  `${callCount} calls in ${seconds.toFixed(1)} s: ${Math.round(callCount / seconds)} calls/s, ` +
    `${Math.round((user + system) / callCount)} µs of CPU a call, ${memoryMb} MB at most\n`,
)
await bridge.stop()
await service.close()

async function giveOrders({ nats }: ServiceDeps) {
  const publisher = streamPublisher(nats, 60_000)
  for (let first = 0; first < callCount; first += 1_000) {
    await publisher.publish(Array.from({ length: Math.min(1_000, callCount - first) }, (_, index) => encodedOrder(first + index)))
  }
  publisher.close()
}

function encodedOrder(index: number) {
  const executionId = executions[index % executions.length] ?? ''
  const callId = `bench-${run}-${index}`
  const payload = JSON.stringify(dialOrder(callId, { executionId, to: `+2126${index}` }))
  return { subject: subjectOf('DIAL', laneOf(executionId), 'dial'), id: callId, payload }
}

/** Waits until this many more events are published. */
async function untilPublished({ nats, metrics }: ServiceDeps, count: number) {
  const manager = await nats.jetstreamManager()
  for (;;) {
    const { values } = await metrics.outboxPublished.get()
    if ((values[0]?.value ?? 0) >= count) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { state } = await manager.streams.info(streams.CALLS.name)
  if (state.messages < count) throw new Error(`the stream holds ${state.messages} events`)
}
