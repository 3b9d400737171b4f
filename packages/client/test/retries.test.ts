import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { isApiError } from '../src/api-error.ts'
import { createClient } from '../src/client.ts'
import type { ClientOptions } from '../src/options.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

const lost: Answer = (response) => response.destroy()
const cut: Answer = (response) => {
  response.writeHead(200, { 'content-length': 100 }).write('{"half":')
  setImmediate(() => response.destroy())
}
const never: Answer = () => undefined
const ok: Answer = (response) => response.end('{"id":"1"}')
const failed =
  (statusCode: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(statusCode, headers).end(JSON.stringify({ statusCode, error: 'SomeError', message: '', requestId: 'r' }))

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server that answers each request with the next of `answers`, the last one again and again, and a client of it. */
async function serverWith(answers: Answer[], options: Partial<ClientOptions> = {}) {
  const received: { method?: string | undefined; key?: string | string[] | undefined; body: string }[] = []
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    const answer = answers[Math.min(received.length, answers.length - 1)]
    received.push({ method: request.method, key: request.headers['idempotency-key'], body })
    answer?.(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { received, client: createClient({ baseUrl, apiKey: 'ck_test', ...options }) }
}

test.each([
  ['lost', lost],
  ['cut off', cut],
  ['a 503', failed(503)],
  ['late', never],
])('a reading request is sent again when its answer is %s', async (_case, answer) => {
  const { received, client } = await serverWith([answer, ok], { timeoutMs: 300 })
  expect(await client.programs.get('p1')).toEqual({ id: '1' })
  expect(received).toHaveLength(2)
})

test('a creating request whose answer was lost is sent again with the same body and the same key, which the client made', async () => {
  const { received, client } = await serverWith([lost, failed(500), ok])
  expect(await client.audiences.create({ name: 'A' })).toEqual({ id: '1' })
  expect(received).toHaveLength(3)
  const [first] = received
  expect(first).toEqual({
    method: 'POST',
    key: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    body: '{"name":"A"}',
  })
  expect(received).toEqual([first, first, first])
})

test('two creating requests have different keys', async () => {
  const { received, client } = await serverWith([ok])
  await client.programs.launch('p1')
  await client.programs.launch('p1')
  expect(new Set(received.map(({ key }) => key)).size).toBe(2)
})

test('a creating request has the key that the caller gives', async () => {
  const { received, client } = await serverWith([lost, ok])
  await client.programs.launch('p1', { idempotencyKey: 'mine' })
  expect(received.map(({ key }) => key)).toEqual(['mine', 'mine'])
})

test('a changing request without a key is not sent again, unless the API refused it with 429', async () => {
  const changing = await serverWith([failed(429), failed(503), ok])
  await expect(changing.client.programs.update('p1', { name: 'B' })).rejects.toMatchObject({ statusCode: 503 })
  expect(changing.received).toHaveLength(2)
  const deleting = await serverWith([lost, ok])
  await expect(deleting.client.programs.delete('p1')).rejects.toThrow(TypeError)
  expect(deleting.received).toHaveLength(1)
})

test('the last error is thrown when every try has failed', async () => {
  const { received, client } = await serverWith([lost, failed(503)], { maxRetries: 2 })
  await expect(client.dids.available()).rejects.toSatisfy((error) => isApiError(error))
  expect(received).toHaveLength(3)
})

test('a request may have its own number of retries', async () => {
  const { received, client } = await serverWith([failed(503)])
  await expect(client.dids.available({}, { maxRetries: 0 })).rejects.toMatchObject({ statusCode: 503 })
  expect(received).toHaveLength(1)
})

test('the wait is at least as long as Retry-After says', async () => {
  const { client } = await serverWith([failed(429, { 'retry-after': '1' }), ok])
  const startedAtMs = performance.now()
  await client.dids.available()
  expect(performance.now() - startedAtMs).toBeGreaterThan(1_000)
})

test('the error is thrown at once when Retry-After is longer than the longest wait', async () => {
  const { received, client } = await serverWith([failed(429, { 'retry-after': '60' }), ok])
  await expect(client.dids.available()).rejects.toMatchObject({ statusCode: 429, retryAfterMs: 60_000 })
  expect(received).toHaveLength(1)
})

test('the signal ends the wait between two tries', async () => {
  const { received, client } = await serverWith([failed(429, { 'retry-after': '20' })])
  const controller = new AbortController()
  const asking = client.dids.available({}, { signal: controller.signal })
  await expect.poll(() => received.length).toBe(1)
  controller.abort(new Error('no longer wanted'))
  await expect(asking).rejects.toThrow('no longer wanted')
})

test('a file is sent again after a 429, except when it is a stream', async () => {
  const blob = await serverWith([failed(429), ok])
  await blob.client.contacts.import(new Blob(['phone\n1']))
  expect(blob.received.map(({ body }) => body)).toEqual(['phone\n1', 'phone\n1'])
  const stream = await serverWith([failed(429), ok])
  await expect(stream.client.contacts.import(new Blob(['phone\n1']).stream())).rejects.toMatchObject({ statusCode: 429 })
  expect(stream.received).toHaveLength(1)
})
