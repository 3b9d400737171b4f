import { expect, test } from 'vitest'
import { prettyLine } from './pretty-line.ts'

test.for([
  [
    '{"level":30,"time":"2026-01-01T00:00:00.000Z","msg":"call rated","callId":"c7","credits":2}',
    'billing  INFO  call rated callId=c7 credits=2',
  ],
  [
    '{"level":50,"msg":"request failed","err":{"message":"refused","stack":"Error: refused\\n  at x"}}',
    'billing  ERROR request failed\nError: refused\n  at x',
  ],
  ['Debugger listening on ws://127.0.0.1:9229', 'billing  Debugger listening on ws://127.0.0.1:9229'],
  ['{"level":30,"ti', 'billing  {"level":30,"ti'],
] as const)('%s is shown as %s', ([line, expected]) => {
  expect(prettyLine('billing', line)).toBe(expected)
})
