import { describe, expect, expectTypeOf, test } from 'vitest'
import { ApiError, apiErrorOf, isApiError } from './api-error.ts'
import type { FieldProblem } from './contract.ts'

const body = (error: string, details?: unknown) => ({ statusCode: 400, error, message: 'm', requestId: 'r', details })

describe('isApiError', () => {
  const notFound: unknown = new ApiError(body('ProgramNotFoundError'))

  test('knows an error by its name', () => {
    expect(isApiError(notFound)).toBe(true)
    expect(isApiError(notFound, 'ProgramNotFoundError')).toBe(true)
    expect(isApiError(notFound, 'FlowNotFoundError', 'ProgramNotFoundError')).toBe(true)
    expect(isApiError(notFound, 'FlowNotFoundError')).toBe(false)
    expect(isApiError(new Error('ProgramNotFoundError'), 'ProgramNotFoundError')).toBe(false)
  })

  test('tells the type of the details', () => {
    const error: unknown = new ApiError(body('ValidationError', [{ pointer: '/name', message: 'is required' }]))
    if (!isApiError(error, 'ValidationError')) throw error
    expectTypeOf(error.details).toEqualTypeOf<readonly FieldProblem[]>()
    expectTypeOf(error.error).toEqualTypeOf<'ValidationError'>()
    expect(error.details.map(({ pointer }) => pointer)).toEqual(['/name'])
  })

  test('narrows several names to their union', () => {
    if (!isApiError(notFound, 'ProgramNotFoundError', 'ValidationError')) throw notFound
    if (notFound.error === 'ValidationError') expectTypeOf(notFound.details).toEqualTypeOf<readonly FieldProblem[]>()
    else expectTypeOf(notFound.error).toEqualTypeOf<'ProgramNotFoundError'>()
    expect(notFound.error).toBe('ProgramNotFoundError')
  })
})

test.each([undefined, 'text', [1, { pointer: 2 }]])('a ValidationError with the details %j has no field problems', (details) => {
  expect(new ApiError(body('ValidationError', details)).details).toEqual([])
})

test('an error with another name keeps its details', () => {
  expect(new ApiError(body('SomeError', { a: 1 })).details).toEqual({ a: 1 })
})

test.each<[string | undefined, number | undefined]>([
  ['7', 7_000],
  ['0', 0],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is a wait of %s ms', (header, waitMs) => {
  const response = new Response('', { status: 429, ...(header === undefined ? {} : { headers: { 'retry-after': header } }) })
  expect(apiErrorOf(response, '', Date.parse('2026-01-01T00:00:00Z')).retryAfterMs).toBe(waitMs)
})
