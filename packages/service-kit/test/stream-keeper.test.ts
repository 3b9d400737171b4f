import { eventually } from '@carillon/testing/eventually'
import { tcpProxy } from '@carillon/testing/tcp-proxy'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats } from '../src/messaging/nats.ts'
import { keepStreams } from '../src/messaging/stream-keeper.ts'
import { createMetrics } from '../src/process/metrics.ts'
import { createWatchdog } from '../src/process/watchdog.ts'
import { openStreams, type Streams } from './support/streams.ts'

let streams: Streams
beforeAll(async () => {
  streams = await openStreams()
})
afterAll(() => streams.close())

const lines: { level: number; msg: string; stream: string }[] = []
const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })

test('a stream that is gone is made anew while the service runs, and it is said', async () => {
  const anyMetrics = createMetrics('test')
  const keeper = keepStreams({
    connection: streams.connection,
    names: ['BILLING'],
    replicas: 1,
    logger,
    metrics: anyMetrics,
    watchdog: createWatchdog(anyMetrics.registry),
  })
  await streams.manager.streams.delete('BILLING')
  await eventually(async () => expect((await streams.manager.streams.info('BILLING')).config.subjects).toEqual(['billing.>']))
  await eventually(() =>
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, stream: 'BILLING', msg: expect.stringContaining('made anew') })),
  )
  await keeper.stop()
})

test('a stream that cannot be asked makes the service not ready until it answers again', async () => {
  const proxy = await tcpProxy(streams.url)
  const connection = await connectNats(proxy.url, 'test')
  const metrics = createMetrics('test')
  const keeper = keepStreams({ connection, names: ['CALLS'], replicas: 1, logger, metrics, watchdog: createWatchdog(metrics.registry) })
  keeper.ready()
  proxy.stall()
  await eventually(() => expect(() => keeper.ready()).toThrow('the stream CALLS is not available'))
  expect((await metrics.streamsUnavailable.get()).values[0]?.value).toBe(1)
  proxy.resume()
  await eventually(() => keeper.ready())
  await keeper.stop()
  await connection.close()
  await proxy.close()
})
