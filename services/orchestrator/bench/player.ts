/**
 * Everything around the orchestrator, in its own process: program-api with one program, and a carrier that answers every call at once and ends it in
 * the same instant. `node bench/player.ts <contacts> <calls at once> [calls per second]`, with NATS_URL and INTERNAL_AUTH_SECRET.
 * Prints the address of its HTTP side.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { laneOf } from '@carillon/contracts/lane'
import { questions } from '@carillon/contracts/questions'
import { subjectOf } from '@carillon/contracts/streams'
import { connectNats } from '@carillon/service-kit/messaging/nats'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import { streamPublisher } from '@carillon/service-kit/messaging/stream-publisher'
import { openWorkQueue } from '@carillon/service-kit/messaging/work-queue'
import { createLogger } from '@carillon/service-kit/process/logger'
import { ended, started } from '../test/support/carrier.ts'
import { snapshotOf, someProgram } from '../test/support/program.ts'

const [contacts = 50_000, callsAtOnce = 500, callsPerSecond = 0] = process.argv.slice(2).map(Number)
const connection = await connectNats(process.env.NATS_URL ?? '', 'bench-player')
const logger = createLogger('bench-player', 'warn')
const pacing = { maxConcurrentCalls: callsAtOnce, ...(callsPerSecond > 0 ? { callsPerSecond } : {}) }
const known = someProgram(0, { pacing, retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 } }, 10)
// The same program for every id, as each run of the bench launches another.
answerQuestion(connection, questions.launchSnapshot, logger, async ({ programId }) => ({
  ...snapshotOf(known),
  program: { ...known.program, id: programId },
}))
answerQuestion(connection, questions.accountBalance, logger, async () => ({ balanceMicros: 1_000_000_000, entryCount: 1 }))
answerQuestion(connection, questions.organizationDefaults, logger, async () => ({ callingHours: null, pacing: null, amd: null }))
answerQuestion(connection, questions.activeDids, logger, async () => ({ dids: known.dids }))

function* audience(count: number) {
  for (let start = 0; start < count; start += 1_000) {
    let lines = ''
    for (let index = start; index < Math.min(start + 1_000, count); index++) {
      const id = `018f0000-0000-7000-9000-${index.toString(16).padStart(12, '0')}`
      lines += `{"id":"${id}","phone":"+2126${String(index).padStart(8, '0')}","firstName":"Amina","lastName":"Benali","attributes":{"city":"Rabat","amount":${index}}}\n`
    }
    yield lines
  }
}
const server = createServer((_request, response) => {
  Readable.from(audience(contacts)).pipe(response)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)

const queue = await openWorkQueue({ connection, stream: 'DIAL', durable: 'dialer-bridge', ackWaitMs: 30_000 })
const publisher = streamPublisher(connection)
const text = new TextDecoder()
const passedOver = ['call.dialed', 'call.ringing', 'call.answered']

for (;;) {
  const taken = await queue.next(2_000, 1_000)
  if (taken.length === 0) continue
  const messages = taken.flatMap((entry) => {
    const order = JSON.parse(text.decode(entry.data)) as DialOrder
    const nowMs = Date.now()
    const lane = laneOf(order.data.executionId ?? '')
    const begin = started(order, nowMs)
    const end = ended(order, nowMs, 'completed')
    const between = passedOver.map((type, index) => ({ ...begin, type, id: `${order.id}:${index + 2}` }))
    return [begin, ...between, { ...end, id: `${order.id}:5` }].map((event) => ({
      subject: subjectOf('CALLS', lane, event.type),
      id: event.id,
      payload: JSON.stringify(event),
    }))
  })
  await publisher.publish(messages)
  for (const entry of taken) entry.ack()
}
