import { readdirSync } from 'node:fs'
import { type TSchema, Type, TypeGuard } from '@sinclair/typebox'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createHttpApp } from '../src/http/app.ts'
import { internalAuth } from '../src/http/internal-auth.ts'
import { createMetrics } from '../src/process/metrics.ts'

const auth = internalAuth('a secret of the tests alone', Date.now)
/** Every body of the contracts, by its name. */
const folder = new URL('../../contracts/src/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
const modules = await Promise.all(names.map((name) => import(new URL(name, folder).href) as Promise<Record<string, unknown>>))
const bodies = modules.flatMap((exported) =>
  Object.entries(exported).flatMap(([name, schema]) =>
    /(?:Request|Input)$/.test(name) && TypeGuard.IsSchema(schema) ? [[name, schema] as [string, TSchema]] : [],
  ),
)
const Unbounded = Type.Object({ list: Type.Array(Type.Unknown(), { uniqueItems: true }) })
bodies.push(['a list of anything without a bound', Unbounded])

const http = await createHttpApp({
  title: 'Test',
  logger: pino({ level: 'silent' }),
  metrics: createMetrics('test'),
  auth,
  ready: async () => undefined,
})
for (const [index, [, body]] of bodies.entries())
  http.post(`/${index}`, { schema: { body }, config: { role: 'open' } }, async () => ({ ok: true }))

const million = 1_000_000
const manyKeys = Object.fromEntries(Array.from({ length: 80_000 }, (_, n) => [`k${n}`, n]))
/** JSON of up to a megabyte, as bad as it can be. */
const worst = [
  ...[
    'x'.repeat(million),
    '\u0000'.repeat(million / 6),
    Array(million / 2).fill(1),
    Array.from({ length: 150_000 }, (_, n) => n),
    Array(90_000).fill('completed'),
    Array.from({ length: 60_000 }, (_, n) => ({ n })),
    Array(300_000).fill({}),
    manyKeys,
    { type: 'scheduled', retryDates: Array(80_000).fill('tomorrow'), retryOn: Array(10).fill('x') },
    { type: 'fixed_delay', ['\u0001'.repeat(million / 7)]: 1 },
  ].map((value) => JSON.stringify(value)),
  '['.repeat(100_000) + ']'.repeat(100_000),
  `${'{"list":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  `[${'['.repeat(100_000) + ']'.repeat(100_000)}]`,
]

test('the bodies are found', () => {
  expect(bodies.length).toBeGreaterThan(12)
})

test.each(bodies.map(([name], index) => [name, index] as const))(
  '%s costs at most a second and is answered in at most 20 kB',
  async (_name, index) => {
    const fields = Object.keys((bodies[index]?.[1].properties as object | undefined) ?? {})
    const inOneField = fields.flatMap((field) => worst.map((text) => `{${JSON.stringify(field)}:${text}}`))
    for (const payload of [...worst, ...inOneField]) {
      const before = process.cpuUsage()
      const headers = { 'content-type': 'application/json' }
      const answer = await http.inject({ method: 'POST', url: `/${index}`, headers, payload })
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000)
      expect(Buffer.byteLength(answer.body)).toBeLessThan(20_000)
      // A list of different items is valid where anything is.
      expect([200, 400, 413]).toContain(answer.statusCode)
    }
  },
  60_000,
)
