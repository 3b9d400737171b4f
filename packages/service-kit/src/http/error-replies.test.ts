import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { DomainError, type ErrorKind } from '../domain/domain-error.ts'
import { replyToUnroutable, replyWithErrors } from './error-replies.ts'
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
const app = Fastify({ frameworkErrors: replyToUnroutable, bodyLimit: 1_000, genReqId: () => 'the-id' })
app.setValidatorCompiler(requestValidator())
replyWithErrors(app)
app.get('/fails', async () => {
  throw thrown
})
app.post('/things/:id', { schema: { params: Params, querystring: Query, body: Thing } }, async () => ({}))

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
  ['too_many', 429],
])('an error of the kind %s has the status %i, and says what it says', async (kind, status) => {
  expect(await answerTo(new DomainError(kind, 'SomeError', 'Some message', [1]))).toEqual({
    status,
    body: { statusCode: status, error: 'SomeError', message: 'Some message', requestId: 'the-id', details: [1] },
  })
})

test('an error of the kind unavailable keeps its message and details to itself', async () => {
  expect(await answerTo(new DomainError('unavailable', 'SomeError', 'the password is 123', ['secret']))).toEqual({
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

test.each<[string, string, object, object]>([
  ['a missing field', '/things/1', {}, { pointer: '/name', message: 'is required' }],
  ['an unknown field', '/things/1', { name: 'a', 'x/y': 1 }, { pointer: '/x~1y', message: 'is not a known field' }],
  ['a value outside a list of one', '/things/1', { name: 'a', kind: 'b' }, { pointer: '/kind', message: 'must be "a"' }],
  [
    'a field with special characters',
    '/things/1',
    { name: 'a', 'odd/na~me': 'x' },
    { pointer: '/odd~1na~0me', message: 'must be integer' },
  ],
  ['an item of a list', '/things/1', { name: 'a', inner: { list: [1, 'x'] } }, { pointer: '/inner/list/1', message: 'must be integer' }],
])('%s is named by its place in the body', async (_case, url, payload, problem) => {
  const answer = await app.inject({ method: 'POST', url, payload })
  expect(answer.json()).toMatchObject({ statusCode: 400, error: 'ValidationError', details: [problem] })
})

test.each([
  ['query', '/things/1?page=x', '/query/page'],
  ['params', '/things/x', '/params/id'],
])('a problem in the %s is named by its place there', async (_part, url, pointer) => {
  const answer = await app.inject({ method: 'POST', url, payload: { name: 'a' } })
  expect(answer.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer, message: 'must be integer' }] })
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
