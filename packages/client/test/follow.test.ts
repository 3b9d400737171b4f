import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, createClient } from '../src/client.ts'
import { startApi } from './support/api.ts'

const event = (name: string, id: string, data: unknown) => `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`

let api: Awaited<ReturnType<typeof startApi>>
let client: Client
/** What each connection sends, and with which last event it was opened. */
let connections: string[][] = []
const opened: (string | undefined)[] = []
beforeAll(async () => {
  api = await startApi((app) => {
    app.get('/program-execution/:id/report/stream', async (request, reply) => {
      if ((request.params as { id: string }).id === 'missing') {
        return reply.code(404).send({ statusCode: 404, error: 'NotFoundException', message: 'Execution not found', requestId: 'r' })
      }
      opened.push(request.headers['last-event-id']?.toString())
      const parts = connections.shift()
      if (parts === undefined) return reply.code(204).send()
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const part of parts) {
        reply.raw.write(part)
        await delay(5)
      }
      reply.raw.destroy()
    })
  })
  client = createClient({ baseUrl: api.baseUrl, apiKey: 'ck_test' })
})
afterAll(() => api.close())

async function followed(id: string, signal?: AbortSignal): Promise<unknown[]> {
  const reports: unknown[] = []
  for await (const report of client.reports.follow(id, signal ? { signal } : {})) reports.push(report)
  return reports
}

test('a stream is read to its end, over connections that break in the middle of an event', async () => {
  const [one, two, three] = ['1', '2', '3'].map((id) => event('report', id, { calls: Number(id) })) as [string, string, string]
  connections = [
    [': open\n\n', one.slice(0, 20), one.slice(20), two + three.slice(0, 9)],
    [three, ': nothing new\n\n', event('end', '3', {})],
  ]
  opened.length = 0
  expect(await followed('e1')).toEqual([{ calls: 1 }, { calls: 2 }, { calls: 3 }])
  expect(opened).toEqual([undefined, '2'])
})

test('a stream that has nothing more to tell ends', async () => {
  connections = [[event('report', '7', { calls: 7 })]]
  expect(await followed('e1')).toEqual([{ calls: 7 }])
  expect(opened.at(-1)).toBe('7')
})

test('a refusal is thrown, and an abort ends it', async () => {
  await expect(followed('missing')).rejects.toMatchObject({ error: 'NotFoundException' })
  connections = [[event('report', '1', {})], [event('report', '1', {})], [event('report', '1', {})]]
  const ending = AbortSignal.timeout(100)
  await expect(followed('e1', ending)).rejects.toThrow()
  expect(ending.aborted).toBe(true)
})
