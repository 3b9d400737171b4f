/** Puts complete calls on the CALLS stream of NATS_URL: `node bench/publish-calls.ts <calls>`. */
import { randomUUID } from 'node:crypto'
import { laneOf } from '@carillon/contracts/lane'
import { subjectOf } from '@carillon/contracts/streams'
import { connectNats } from '@carillon/service-kit/messaging/nats'
import { streamPublisher } from '@carillon/service-kit/messaging/stream-publisher'
import { callEvents } from '../test/support/call-events.ts'

const calls = Number(process.argv[2])
const atOnce = 200
const connection = await connectNats(process.env.NATS_URL ?? '', 'billing-bench')
const publisher = streamPublisher(connection)
const executions = Array.from({ length: 32 }, () => randomUUID())

for (let start = 0; start < calls; start += atOnce) {
  const batch = Array.from({ length: Math.min(atOnce, calls - start) }, (_, index) => {
    const executionId = executions[(start + index) % executions.length] ?? ''
    if ((start + index) % 3 === 0) return callEvents({ executionId, durationMs: null })
    const nodes = ['say', 'dtmf', 'condition', 'play', 'record', 'say', 'hangup'].map((nodeType) => ({ nodeType, durationMs: 2_000 }))
    return callEvents({ executionId, durationMs: 30_000, nodes })
  })
  // As in production: many calls at once, and the events of each call in order.
  const inOrder = batch.flat().sort((a, b) => a.data.seq - b.data.seq)
  await publisher.publish(
    inOrder.map((event) => ({
      subject: subjectOf('CALLS', laneOf(event.data.executionId ?? ''), event.type),
      id: event.id,
      payload: JSON.stringify(event),
    })),
  )
}
publisher.close()
await connection.close()
