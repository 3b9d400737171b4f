import { expect, test } from 'vitest'
import { readable } from './last-words.ts'

test.for([
  ['{"level":30,"time":"2025-12-15T10:00:07.123Z","msg":"service listening"}', '10:00:07 service listening'],
  [
    '{"level":50,"time":"2025-12-15T10:00:07.123Z","err":{"message":"refused","stack":"Error: refused\\n at"},"msg":"request failed"}',
    '10:00:07 request failed: refused',
  ],
  ['FATAL:  data directory is locked', 'FATAL:  data directory is locked'],
  ['{"level":50,"time":"2025-', '{"level":50,"time":"2025-'],
] as const)('%s reads %s', ([line, expected]) => {
  expect(readable(line)).toBe(expected)
})
