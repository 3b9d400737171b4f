import { describe, expect, test } from 'vitest'
import { isPlainPath, upstreamOf } from './public-routes.ts'

describe('the longest public route that fits a path decides which service answers it', () => {
  const id = '018f0000-0000-7000-8000-0000000000a1'
  test.each([
    ['/programs', 'program-api'],
    [`/programs/${id}`, 'program-api'],
    [`/programs/${id}/launch`, 'orchestrator'],
    [`/programs/${id}/executions`, 'orchestrator'],
    [`/programs/${id}/triggers`, 'program-api'],
    [`/programs/${id}/launched`, 'program-api'],
    ['/programs/{id}/launch', 'orchestrator'],
    ['/program-executions', 'orchestrator'],
    [`/call-requests/${id}`, 'orchestrator'],
    [`/call-report/jobs/${id}`, 'reporting'],
    [`/program-execution/${id}/report/calls`, 'reporting'],
    ['/contacts/import', 'program-api'],
    ['/dnc', 'program-api'],
    ['/billing/rate-card', 'billing'],
    ['/internal/audiences', null],
    ['/programsx', null],
    ['/health', null],
    ['/metrics', null],
    ['/', null],
  ])('%s: %s', (path, upstream) => {
    expect(upstreamOf(path)).toBe(upstream)
  })
})

describe('a path is plain if every parser reads it the same', () => {
  test.each(['/', '/programs', '/programs/', '/contacts?search=a%2Fb//..%00', '/dnc/%2B212612345678', '/docs/js/scalar.js', '/a...b'])(
    '%s is plain',
    (path) => {
      expect(isPlainPath(path)).toBe(true)
    },
  )
  test.each([
    '//internal',
    '/programs//launch',
    '/programs/../internal',
    '/programs/..',
    '/./programs',
    '/programs/%2e%2e/internal',
    '/programs/%2E%2e/internal',
    '/programs/..%2finternal',
    '/programs%2f..%2finternal',
    '/programs/..;/internal',
    '/programs;a=b',
    '/programs\\..\\internal',
    '/programs/%5c..%5cinternal',
    '/programs/%252e%252e/internal',
    '/programs/%00',
    '/programs/%0d%0aX:1',
    '/programs/%zz',
    '/programs#x',
    '/programs?search=a#x',
    'http://elsewhere/programs',
    '*',
    '',
  ])('%s is not plain', (path) => {
    expect(isPlainPath(path)).toBe(false)
  })
})
