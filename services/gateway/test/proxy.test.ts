import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'
import { chunk, type Echo, repeated } from './support/upstream.ts'

const id = '018f0000-0000-7000-8000-0000000000a1'
const authorization = `Bearer ${platformKey}`
const mebibyte = 1024 * 1024
/** More than all sockets and streams between the two ends may hold together. */
const inFlightBytes = 20 * mebibyte
/** 50 MiB in chunks of 64 KiB. */
const manyChunks = 800

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway({ config: { UPSTREAM_TIMEOUT_MS: 1_500, HSTS_SECONDS: 3_600 } })
})
afterAll(() => gateway.close())

describe('a request', () => {
  test.each([
    ['GET', '/programs', 'program-api'],
    ['GET', `/programs/${id}/`, 'program-api'],
    ['PATCH', `/programs/${id}`, 'program-api'],
    ['POST', `/programs/${id}/launch`, 'orchestrator'],
    ['GET', `/programs/${id}/executions?status=running`, 'orchestrator'],
    ['GET', '/program-executions', 'orchestrator'],
    ['DELETE', `/program-executions/${id}`, 'orchestrator'],
    ['GET', `/program-execution/${id}/report/calls?page=2&limit=10`, 'reporting'],
    ['PUT', '/billing/rate-card', 'billing'],
  ])('%s %s is answered by %s', async (method, path, service) => {
    const { status, body } = await gateway.call<Echo>(platformKey, method, path)
    expect([status, body.service, body.method, body.url]).toEqual([200, service, method, path])
  })

  test('arrives with its body, its content headers and its request id, and the answer has the same id', async () => {
    const { body, headers } = await gateway.call<Echo>(platformKey, 'POST', '/programs', {
      body: { name: 'Holiday — 2025' },
      headers: { 'x-request-id': 'trace-1', 'idempotency-key': 'k1' },
    })
    expect(body.body).toBe('{"name":"Holiday — 2025"}')
    expect(body.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'trace-1', 'idempotency-key': 'k1' })
    expect(headers.get('x-request-id')).toBe('trace-1')
  })

  test('gets the service’s own status and headers', async () => {
    const { status, body } = await gateway.call(platformKey, 'GET', '/billing/teapot')
    expect([status, body]).toEqual([418, { error: 'TeapotError' }])
  })

  test('gets an answer that browsers neither keep nor guess the type of, and keep HTTPS for', async () => {
    const { headers } = await gateway.call(platformKey, 'GET', '/billing/teapot')
    const expected = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'strict-transport-security': 'max-age=3600' }
    expect(Object.fromEntries(headers)).toMatchObject(expected)
  })

  test('that no service answers is not found', async () => {
    expect(refusal(await gateway.call(platformKey, 'GET', '/nothing'))).toEqual(refused(404, 'NotFoundException'))
    expect(refusal(await gateway.call(platformKey, 'GET', '/internal/secret'))).toEqual(refused(404, 'NotFoundException'))
  })

  test.each([
    '//internal/secret',
    '/billing//../internal/secret',
    '/billing/../internal/secret',
    '/billing/%2e%2e/internal/secret',
    '/billing/%2e%2e%2finternal/secret',
    '/billing/..%2finternal/secret',
    '/billing/..;/internal/secret',
    '/billing/.%2e/metrics',
    '/billing/%252e%252e/internal/secret',
    '/billing\\..\\internal\\secret',
    '/billing/../metrics',
    'http://127.0.0.1/internal/secret',
    '/internal/secret',
    '/internal%2fsecret',
  ])('for %s reaches no internal route', async (target) => {
    const reachedBefore = gateway.upstreams.billing.reached.length
    const { status, text } = await rawGet(target)
    expect([400, 404]).toContain(status)
    expect(JSON.parse(text)).toMatchObject({ statusCode: status, requestId: expect.any(String) })
    expect(gateway.upstreams.billing.reached.slice(reachedBefore)).toEqual([])
  })
})

describe('a body of 50 MiB', () => {
  test('waits at the client while the service does not read it, and arrives whole', async () => {
    const release = gateway.upstreams['program-api'].hold()
    const taken = { bytes: 0 }
    const answer = fetch(`${gateway.url}/contacts/import`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/csv' },
      body: Readable.toWeb(Readable.from(repeated(manyChunks, taken))) as ReadableStream<Uint8Array>,
      duplex: 'half',
    })
    expect(await settled(taken)).toBeLessThan(inFlightBytes)
    release()
    const expected = createHash('sha256')
    for (let index = 0; index < manyChunks; index++) expected.update(chunk)
    expect(await (await answer).json()).toEqual({ bytes: 50 * mebibyte, sha256: expected.digest('hex') })
  })

  test('waits at the service while the client does not read it, and arrives whole', async () => {
    const { sent } = gateway.upstreams.billing
    const response = await fetch(`${gateway.url}/billing/download?chunks=${manyChunks}`, { headers: { authorization } })
    expect(await settled(sent)).toBeLessThan(inFlightBytes)
    let bytes = 0
    for await (const part of response.body ?? []) bytes += part.length
    expect(bytes).toBe(50 * mebibyte)
  })
})

describe('a service that', () => {
  test('breaks the connection causes a 503, after a read was sent twice more', async () => {
    const { reached } = gateway.upstreams.billing
    const before = reached.length
    expect(refusal(await gateway.call(platformKey, 'GET', '/billing/broken'))).toEqual(refused(503, 'ServiceUnavailableError'))
    expect(reached.slice(before)).toEqual(Array(3).fill('GET /billing/broken'))
  })

  test('does not begin to answer in time causes a 503', async () => {
    expect(refusal(await gateway.call(platformKey, 'GET', '/billing/slow'))).toEqual(refused(503, 'ServiceUnavailableError'))
  })

  test('is stopped causes a 503, while the others go on answering', async () => {
    const other = await openGateway({ service: { database: gateway.service.database, nats: gateway.service.nats } })
    expect((await other.call(platformKey, 'POST', '/programs', { body: {} })).status).toBe(200)
    await other.upstreams['program-api'].close()
    for (const method of ['GET', 'POST']) {
      expect(refusal(await other.call(platformKey, method, '/programs'))).toEqual(refused(503, 'ServiceUnavailableError'))
    }
    expect((await other.call(platformKey, 'GET', '/program-executions')).status).toBe(200)
    await other.upstreams['program-api'].close()
    await other.close()
  })
})

/** Sends a request whose target is not normalized by a client library. */
function rawGet(path: string): Promise<{ status: number; text: string }> {
  const { port } = new URL(gateway.url)
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path, headers: { authorization } }, async (response) => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve({ status: response.statusCode ?? 0, text })
    })
      .on('error', reject)
      .end()
  })
}

/** Waits until the count no longer grows. */
async function settled(count: { bytes: number }): Promise<number> {
  let before = 0
  return eventually(
    () => {
      const last = before
      before = count.bytes
      expect(count.bytes).toBeGreaterThan(0)
      expect(count.bytes).toBe(last)
      return count.bytes
    },
    { intervalMs: 200 },
  )
}
