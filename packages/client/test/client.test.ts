import type { ErrorBody } from '@carillon/contracts/error-body'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError } from '../src/api-error.ts'
import { type Client, createClient } from '../src/client.ts'
import { startApi } from './support/api.ts'

const refusedProgram: ErrorBody = {
  statusCode: 400,
  error: 'ValidationError',
  message: '/name: is required',
  requestId: 'r-1',
  details: [{ pointer: '/name', message: 'is required' }],
}

let api: Awaited<ReturnType<typeof startApi>>
let client: Client
beforeAll(async () => {
  api = await startApi((app) => {
    app.post('/programs', async (_request, reply) => reply.code(400).send(refusedProgram))
    app.get('/programs', async (_request, reply) => reply.code(502).header('x-request-id', 'r-2').send('<h1>Bad Gateway</h1>'))
    app.get('/dids', async (_request, reply) => reply.code(500).send({ error: 'of another kind' }))
    app.get('/flows', () => new Promise(() => undefined))
    app.get('/audiences', async (_request, reply) => reply.type('text/html').send('<h1>Welcome</h1>'))
  })
  client = createClient({ baseUrl: `${api.baseUrl}/`, apiKey: 'ck_test', maxRetries: 0 })
})
afterAll(() => api.close())

const last = () => api.received.at(-1)

describe('each function calls its route', () => {
  const page = { page: 2, limit: 5 }
  const program = { name: 'p', flowId: 'f', startAt: '2026-01-01T00:00:00Z', didPool: ['d'], retryStrategy: { type: 'none' as const } }
  test.each<[string, (client: Client) => Promise<unknown>]>([
    ['POST /organizations', (c) => c.organizations.create({ name: 'Acme', country: 'MA' })],
    ['GET /organizations?page=2&limit=5', (c) => c.organizations.list(page)],
    ['GET /organizations/current', (c) => c.organizations.current()],
    ['PATCH /organizations/current', (c) => c.organizations.update({ name: 'Acme' })],
    ['POST /api-keys', (c) => c.apiKeys.create({ name: 'CRM', role: 'agent' })],
    ['GET /api-keys', (c) => c.apiKeys.list()],
    ['DELETE /api-keys/k1', (c) => c.apiKeys.revoke('k1')],
    ['POST /contacts?extensions=true', (c) => c.contacts.create({ phone: '6001' }, { query: { extensions: true } })],
    ['GET /contacts?search=a%26b', (c) => c.contacts.list({ search: 'a&b' })],
    ['GET /contacts/c1', (c) => c.contacts.get('c1')],
    ['PATCH /contacts/c1', (c) => c.contacts.update('c1', { firstName: 'A' })],
    ['DELETE /contacts/c1', (c) => c.contacts.delete('c1')],
    ['POST /contacts/import?audienceName=A+b', (c) => c.contacts.import('phone\n1', { audienceName: 'A b' })],
    ['GET /contacts/imports/i1', (c) => c.contacts.importProgress('i1')],
    ['GET /contacts/imports/i1/rejections?page=2&limit=5', (c) => c.contacts.importRejections('i1', page)],
    ['GET /contacts/imports/i1/warnings', (c) => c.contacts.importWarnings('i1')],
    ['POST /custom-attributes', (c) => c.customAttributes.create({ displayName: 'City', type: 'text' })],
    ['GET /custom-attributes', (c) => c.customAttributes.list()],
    ['DELETE /custom-attributes/a1', (c) => c.customAttributes.delete('a1')],
    ['POST /audiences', (c) => c.audiences.create({ name: 'A' })],
    ['GET /audiences/a1', (c) => c.audiences.get('a1')],
    ['PATCH /audiences/a1', (c) => c.audiences.update('a1', { name: 'B' })],
    ['DELETE /audiences/a1', (c) => c.audiences.delete('a1')],
    ['GET /audiences/a1/contacts', (c) => c.audiences.contacts('a1')],
    ['POST /audiences/a1/contacts', (c) => c.audiences.addContacts('a1', { contactIds: ['c1'] })],
    ['DELETE /audiences/a1/contacts', (c) => c.audiences.removeContacts('a1', { contactIds: ['c1'] })],
    ['POST /flows', (c) => c.flows.create({ name: 'F', graph: { nodes: [], edges: [] } })],
    ['GET /flows/f1', (c) => c.flows.get('f1')],
    ['PATCH /flows/f1', (c) => c.flows.update('f1', { name: 'G' })],
    ['DELETE /flows/f1', (c) => c.flows.delete('f1')],
    ['GET /flows/f1/versions', (c) => c.flows.versions('f1')],
    ['GET /flows/f1/versions/3', (c) => c.flows.version('f1', 3)],
    ['POST /dids', (c) => c.dids.create({ number: '+212500000001' })],
    ['GET /dids/available', (c) => c.dids.available()],
    ['GET /dids/d1', (c) => c.dids.get('d1')],
    ['PATCH /dids/d1', (c) => c.dids.update('d1', { status: 'inactive' })],
    ['DELETE /dids/d1', (c) => c.dids.delete('d1')],
    ['POST /dnc?country=MA', (c) => c.dnc.add({ phone: '0612345678' }, { query: { country: 'MA' } })],
    ['GET /dnc?search=%2B2126', (c) => c.dnc.list({ search: '+2126' })],
    ['GET /dnc/n1', (c) => c.dnc.get('n1')],
    ['DELETE /dnc/n1', (c) => c.dnc.delete('n1')],
    ['POST /dnc/import?country=MA', (c) => c.dnc.import('phone\n1', { country: 'MA' })],
    ['GET /programs/p1', (c) => c.programs.get('p1')],
    ['PATCH /programs/p1', (c) => c.programs.update('p1', program)],
    ['DELETE /programs/p1', (c) => c.programs.delete('p1')],
    ['POST /programs/p1/launch', (c) => c.programs.launch('p1')],
    ['GET /program-executions/e1/schedule', (c) => c.executions.schedule('e1')],
    ['GET /programs/p1/triggers', (c) => c.programs.triggers('p1')],
    ['GET /programs/p1/executions', (c) => c.programs.executions('p1')],
    ['GET /program-executions?limit=2&cursor=x', (c) => c.executions.active({ limit: 2, cursor: 'x' })],
    ['GET /program-executions/e1', (c) => c.executions.get('e1')],
    ['GET /program-executions/e1/contacts?status=failed', (c) => c.executions.contacts('e1', { status: 'failed' })],
    ['PATCH /program-executions/e1', (c) => c.executions.update('e1', { stopAt: null })],
    ['POST /program-executions/e1/contacts', (c) => c.executions.addContacts('e1', { contactIds: ['c1'] })],
    ['POST /program-executions/e1/contacts/c1/skip', (c) => c.executions.skipContact('e1', 'c1')],
    ['POST /program-executions/e1/contacts/c1/call-now', (c) => c.executions.callContactNow('e1', 'c1')],
    ['PATCH /program-executions/e1/pause', (c) => c.executions.pause('e1')],
    ['PATCH /program-executions/e1/resume', (c) => c.executions.resume('e1')],
    ['DELETE /program-executions/e1', (c) => c.executions.cancel('e1')],
    [
      'POST /call-requests?country=MA',
      (c) => c.callRequests.create({ to: '0612345678', didId: 'd', flowId: 'f' }, { query: { country: 'MA' } }),
    ],
    ['GET /call-requests?status=failed', (c) => c.callRequests.list({ status: 'failed' })],
    ['GET /call-requests/j1', (c) => c.callRequests.get('j1')],
    ['DELETE /call-requests/j1', (c) => c.callRequests.cancel('j1')],
    ['GET /program-execution/e1/report', (c) => c.reports.report('e1')],
    ['GET /program-execution/e1/report?asOf=2026-03-01T09%3A00%3A00Z', (c) => c.reports.report('e1', { asOf: '2026-03-01T09:00:00Z' })],
    ['GET /program-execution/e1/report/calls?page=2&limit=5', (c) => c.reports.calls('e1', page)],
    ['GET /program-execution/e1/report/breakdown', (c) => c.reports.breakdown('e1')],
    ['GET /program-execution/e1/report/node-stats', (c) => c.reports.nodeStats('e1')],
    ['GET /program-execution/e1/report/billing', (c) => c.reports.billing('e1')],
    ['GET /program-execution/e1/report/export?format=csv', (c) => c.reports.export('e1', { format: 'csv' })],
    [
      'GET /program-execution/e1/report/calls?status=busy&sort=-totalCost',
      (c) => c.reports.calls('e1', { status: 'busy', sort: '-totalCost' }),
    ],
    ['GET /program-execution/e1/report/calls/export?attempt=2', (c) => c.reports.exportCalls('e1', { attempt: 2 })],
    ['GET /program-execution/e1/report/timeline?bucket=day', (c) => c.reports.timeline('e1', { bucket: 'day' })],
    ['GET /program-execution/e1/report/segments?by=did', (c) => c.reports.segments('e1', { by: 'did' })],
    ['GET /metrics-catalog', (c) => c.reports.metrics()],
    ['GET /call-report/calls/c1', (c) => c.reports.call('c1')],
    ['GET /call-report/jobs/j1', (c) => c.reports.job('j1')],
    ['GET /billing/account', (c) => c.billing.account()],
    ['POST /billing/credits', (c) => c.billing.addCredits({ amount: 1, reason: 'r' })],
    ['GET /billing/ledger?page=2&limit=5', (c) => c.billing.ledger(page)],
    ['GET /billing/rate-card', (c) => c.billing.rateCard()],
    ['PUT /billing/rate-card', (c) => c.billing.setRateCard({ rates: {} })],
    ['GET /billing/rate-card/history', (c) => c.billing.rateCardHistory()],
  ])('%s', async (route, ask) => {
    await ask(client)
    const request = last()
    expect(`${request?.method} ${request?.url}`).toBe(route)
    expect(request?.headers.authorization).toBe('Bearer ck_test')
  })
})

describe('a request', () => {
  test('has its body as JSON, the idempotency key, and the organization that the caller acts for', async () => {
    const acting = createClient({ baseUrl: api.baseUrl, apiKey: 'ck_platform', organizationId: 'o1' })
    await acting.audiences.create({ name: 'Été' }, { idempotencyKey: 'once' })
    expect(last()).toMatchObject({
      body: '{"name":"Été"}',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once', 'x-organization-id': 'o1' },
    })
  })

  test('without a body has no content type', async () => {
    await client.programs.launch('p1')
    expect(last()?.headers).not.toHaveProperty('content-type')
  })

  test('escapes the variable parts of its path', async () => {
    await client.programs.get('../internal/x?y')
    expect(last()?.url).toBe('/programs/..%2Finternal%2Fx%3Fy')
  })

  test('is aborted by its signal', async () => {
    const controller = new AbortController()
    const asking = client.flows.list({}, { signal: controller.signal })
    controller.abort(new Error('no longer wanted'))
    await expect(asking).rejects.toThrow('no longer wanted')
  })

  test('that gets no answer in its time ends with a TimeoutError', async () => {
    await expect(client.flows.list({}, { timeoutMs: 20 })).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'No complete answer in 20 ms',
    })
  })

  test('whose signal was aborted before is not sent', async () => {
    const before = api.received.length
    await expect(client.dids.available({}, { signal: AbortSignal.abort(new Error('not wanted')) })).rejects.toThrow('not wanted')
    expect(api.received).toHaveLength(before)
  })

  test('uses the fetch that the client was given', async () => {
    const asked: string[] = []
    const own = createClient({
      baseUrl: 'https://api.example.com',
      apiKey: 'ck_test',
      fetch: async (url) => {
        asked.push(String(url))
        return Response.json([])
      },
    })
    expect(await own.dids.available()).toEqual([])
    expect(asked).toEqual(['https://api.example.com/dids/available'])
  })
})

describe('a file is imported', () => {
  const csv = 'phone;name\n0612345678;Amina\n'
  test.each([
    ['from text', () => csv],
    ['from bytes', () => new TextEncoder().encode(csv)],
    ['from a blob', () => new Blob([csv])],
    ['from a stream', () => new Blob([csv]).stream()],
  ])('%s', async (_from, file) => {
    await client.contacts.import(file())
    expect(last()).toMatchObject({ body: csv, headers: { 'content-type': 'text/csv' } })
  })

  test('from a stream of many parts, which is sent in chunks', async () => {
    const line = new TextEncoder().encode('+212612345678\n')
    let parts = 0
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if (parts++ < 10_000) controller.enqueue(line)
        else controller.close()
      },
    })
    await client.contacts.import(stream)
    expect(last()?.headers).toMatchObject({ 'transfer-encoding': 'chunked' })
    expect(last()?.body).toHaveLength(10_000 * line.length)
  })
})

describe('an answer', () => {
  test('without content is undefined', async () => {
    expect(await client.contacts.delete('c1')).toBeUndefined()
  })

  test('that is an error is thrown with all its fields', async () => {
    const error = await client.programs
      .create({ name: '', flowId: '', startAt: '', didPool: [], retryStrategy: { type: 'none' } })
      .catch(asApiError)
    expect(error).toBeInstanceOf(ApiError)
    const { statusCode, error: name, message, requestId, details } = error as ApiError
    expect({ statusCode, error: name, message, requestId, details }).toEqual(refusedProgram)
  })

  test('that does not come from Carillon is thrown as an UnexpectedAnswerError', async () => {
    expect(await client.programs.list().catch(asApiError)).toMatchObject({
      statusCode: 502,
      error: 'UnexpectedAnswerError',
      message: '502 Bad Gateway',
      requestId: 'r-2',
      details: '<h1>Bad Gateway</h1>',
    })
    expect(await client.dids.list().catch(asApiError)).toMatchObject({ statusCode: 500, error: 'UnexpectedAnswerError', requestId: '' })
    expect(await client.audiences.list().catch(asApiError)).toMatchObject({ statusCode: 200, error: 'UnexpectedAnswerError' })
  })

  test('that never came is the TypeError of fetch', async () => {
    const nobody = createClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'ck_test', maxRetries: 0 })
    await expect(nobody.programs.list()).rejects.toThrow(TypeError)
  })
})

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  throw error
}
