import type { FieldProblem } from '@carillon/contracts/error-body'
import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import type { DomainError } from '../domain/domain-error.ts'
import { requestValidator } from './request-validator.ts'

const compile = requestValidator()
/** The checked value, or the pointers of its problems. */
function check(httpPart: string, schema: unknown, value: unknown): unknown {
  const validate = compile({ schema: schema as never, httpPart, method: 'POST', url: '/' })
  const result = validate(value) as true | { error: DomainError }
  return result === true ? value : (result.error.details as FieldProblem[]).map((problem) => problem.pointer)
}

const Page = Type.Object({ page: Type.Integer({ default: 1, minimum: 1 }), isOpen: Type.Optional(Type.Boolean()) })
const Tags = Type.Object({ tag: Type.Array(Type.String()) })

test.each(['querystring', 'params', 'headers'])('the %s arrive as text and are converted', (part) => {
  expect(check(part, Page, { page: '3', isOpen: 'true' })).toEqual({ page: 3, isOpen: true })
})

test('a body is taken as it is', () => {
  expect(check('body', Page, { page: '3' })).toEqual(['/page'])
})

test('defaults are filled in', () => {
  expect(check('querystring', Page, {})).toEqual({ page: 1 })
  expect(check('body', Page, {})).toEqual({ page: 1 })
})

test('a query parameter that is given once is a list of one where a list is expected', () => {
  expect(check('querystring', Tags, { tag: 'a' })).toEqual({ tag: ['a'] })
})

test('every field at fault is named', () => {
  expect(check('querystring', Page, { page: '0', isOpen: 'perhaps' })).toEqual(['/query/page', '/query/isOpen'])
})

test('a uuid has no prefix: Postgres takes none', () => {
  const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
  const id = '018f0000-0000-7000-8000-00000000000a'
  expect(check('params', Id, { id })).toEqual({ id })
  expect(check('params', Id, { id: `urn:uuid:${id}` })).toEqual(['/params/id'])
})

test('two routes may use a schema of the same id', () => {
  const Named = Type.Object({ name: Type.String() }, { $id: 'Named' })
  expect(check('body', Named, { name: 'a' })).toEqual({ name: 'a' })
  expect(check('body', { ...Named }, { name: 'b' })).toEqual({ name: 'b' })
})

test('a keyword that only the validator knows is still refused', () => {
  expect(check('body', { type: 'object', not: { required: ['a'] } }, { a: 1 })).toEqual([''])
})
