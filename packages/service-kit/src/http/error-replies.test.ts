import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { DomainError, type ErrorKind } from '../domain/domain-error.ts'
import { replyToBrokenRequest, replyToUnroutable, replyWithErrors } from './error-replies.ts'
import { requestValidator } from './request-validator.ts'

const Params = Type.Object({ id: Type.Integer() })
const Query = Type.Object({ page: Type.Optional(Type.Integer()) })
const Thing = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    kind: Type.Optional(Type.Literal('a')),
    'odd/na~me': Type.Optional(Type.Integer()),
    inner: Type.Optional(Type.Object({ list: Type.Array(Type.Integer()) })),
  },
  { additionalProperties: false },
)

let thrown: unknown
const app = Fastify({
  frameworkErrors: replyToUnroutable,
  clientErrorHandler: replyToBrokenRequest,
  bodyLimit: 1_000,
  genReqId: () => 'the-id',
})
app.setValidatorCompiler(requestValidator())
replyWithErrors(app)
app.get('/fails', async () => {
  throw thrown
})
app.post('/things/:id', { schema: { params: Params, querystring: Query, body: Thing } }, async () => ({}))

afterAll(() => app.close())

async function answerTo(error: unknown) {
  thrown = error
  const answer = await app.inject('/fails')
  return { status: answer.statusCode, body: answer.json() }
}

test.each<[ErrorKind, number]>([
  ['invalid', 400],
  ['unauthenticated', 401],
  ['forbidden', 403],
  ['not_found', 404],
  ['conflict', 409],
  ['too_large', 413],
  ['unsupported', 415],
  ['payment_required', 402],
  ['too_many', 429],
])('an error of the kind %s has the status %i, and says what it says', async (kind, status) => {
  expect(await answerTo(new DomainError(kind, 'SomeError', 'Some message', [{ pointer: '/a', message: 'a is wrong' }]))).toEqual({
    status,
    body: {
      statusCode: status,
      error: 'SomeError',
      message: 'Some message',
      requestId: 'the-id',
      details: [{ pointer: '/a', message: 'a is wrong' }],
    },
  })
})

test('an error of the kind unavailable keeps its message and details to itself', async () => {
  expect(await answerTo(new DomainError('unavailable', 'SomeError', 'the password is 123', [{ pointer: '', message: 'secret' }]))).toEqual({
    status: 503,
    body: { statusCode: 503, error: 'SomeError', message: 'Try again in a moment', requestId: 'the-id' },
  })
})

test.each(['ECONNREFUSED', 'CONNECTION_CLOSED', '40P01', '57P01', '55P03'])(
  'a failure with the code %s may be tried again',
  async (code) => {
    expect(await answerTo(Object.assign(new Error('secret'), { code }))).toMatchObject({
      status: 503,
      body: { error: 'ServiceUnavailableError', message: 'Try again in a moment' },
    })
  },
)

test('any other failure says nothing but the id of the request', async () => {
  expect(await answerTo(new TypeError('secret'))).toEqual({
    status: 500,
    body: { statusCode: 500, error: 'InternalServerError', message: 'Something went wrong on our side', requestId: 'the-id' },
  })
})

test.each<[string, object, object]>([
  ['a missing field', {}, { pointer: '/name', message: 'name is required: a text of at least 1 character' }],
  [
    'an unknown field',
    { name: 'a', 'x/y': 1 },
    { pointer: '/x~1y', message: '["x/y"] is not known; known are name, kind, odd/na~me, inner' },
  ],
  ['a misspelt field', { name: 'a', iner: 1 }, { pointer: '/iner', message: 'iner is not known; did you mean inner?' }],
  ['a value outside a list of one', { name: 'a', kind: 'b' }, { pointer: '/kind', message: 'kind must be "a"' }],
  [
    'a field with special characters',
    { name: 'a', 'odd/na~me': 'x' },
    { pointer: '/odd~1na~0me', message: '["odd/na~me"] must be a whole number' },
  ],
  [
    'an item of a list',
    { name: 'a', inner: { list: [1, 'x'] } },
    { pointer: '/inner/list/1', message: 'inner.list[1] must be a whole number' },
  ],
])('%s is named by its place in the body, with what was expected', async (_case, payload, problem) => {
  const answer = await app.inject({ method: 'POST', url: '/things/1', payload })
  expect(answer.json()).toMatchObject({ statusCode: 400, error: 'ValidationError', details: [problem] })
})

test.each([
  ['query', '/things/1?page=x', '/query/page', 'query parameter page must be a whole number'],
  ['params', '/things/x', '/params/id', 'path parameter id must be a whole number'],
])('a problem in the %s is named by its place there', async (_part, url, pointer, message) => {
  const answer = await app.inject({ method: 'POST', url, payload: { name: 'a' } })
  expect(answer.json()).toMatchObject({ error: 'ValidationError', message, details: [{ pointer, message }] })
})

test('many problems are counted, and twenty of them told', async () => {
  const payload = { name: 'a', inner: { list: Array(100).fill('x') } }
  const { message, details } = (await app.inject({ method: 'POST', url: '/things/1', payload })).json()
  expect(details).toHaveLength(20)
  expect(message).toMatch(/; and 80 more problems$/)
})

test('a path that has other methods is answered with them', async () => {
  const answer = await app.inject({ method: 'DELETE', url: '/things/1?x=1' })
  expect(answer.headers.allow).toBe('POST')
  expect(answer.json()).toMatchObject({ statusCode: 405, error: 'MethodNotAllowedError', requestId: 'the-id' })
  expect((await app.inject({ method: 'POST', url: '/fails' })).headers.allow).toBe('GET, HEAD')
})

test('all problems of a part are named at once', async () => {
  const answer = await app.inject({ method: 'POST', url: '/things/1', payload: { name: '', kind: 'b' } })
  expect(answer.json().details).toHaveLength(2)
  expect(answer.json().message).toContain('; ')
})

test.each<[string, { method: 'GET' | 'POST'; url: string; payload?: string | object; headers?: Record<string, string> }, number, string]>([
  ['an unknown path', { method: 'GET', url: '/nowhere' }, 404, 'NotFoundException'],
  ['a path that is no text', { method: 'GET', url: '/%ff' }, 400, 'ValidationError'],
  ['a body that is too large', { method: 'POST', url: '/things/1', payload: { name: 'x'.repeat(2_000) } }, 413, 'PayloadTooLargeError'],
  [
    'a body of an unknown type',
    { method: 'POST', url: '/things/1', payload: '<a/>', headers: { 'content-type': 'text/xml' } },
    415,
    'UnsupportedMediaTypeError',
  ],
])('%s is refused with a body of the same form', async (_case, request, status, error) => {
  const answer = await app.inject(request)
  expect(answer.json()).toMatchObject({ statusCode: status, error, requestId: 'the-id' })
})

test.each([
  ['bytes that are no HTTP', 'nonsense\r\n\r\n', 400, 'ValidationError'],
  ['headers that are too large', `GET / HTTP/1.1\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`, 431, 'HeadersTooLargeError'],
])('%s are refused with a body of the same form', async (_case, bytes, statusCode, error) => {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  expect(head).toContain(`HTTP/1.1 ${statusCode}`)
  expect(JSON.parse(body)).toEqual({ statusCode, error, message: expect.any(String), requestId: expect.any(String) })
})
