import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseStartArguments } from '../src/start/arguments.ts'
import { planRun } from '../src/start/plan.ts'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('input-files')
const nowMs = Date.parse('2025-12-15T10:00:00Z')

const flow = JSON.parse(readFileSync(join(import.meta.dirname, '../samples/flow.json'), 'utf8')) as { graph: { nodes: unknown[] } }
const program = { retryStrategy: { type: 'none' }, didPool: ['05 20 00 01 01', '+33142685300'], pacing: { callsPerSecond: 2 } }

test('the sample is complete, and its organization is found by its name', () => {
  const plan = planFor([])
  expect(plan.organization).toEqual({ name: 'Carillon sample', isSample: true, country: 'MA', timezone: 'Africa/Casablanca' })
  expect(plan.flow.name).toBe('Payment reminder')
  expect(plan.program.didPool).toHaveLength(3)
  expect(plan.hasLunchBreak).toBe(true)
})

test('a run with a file of the user takes place in a new organization with the country’s time zone', () => {
  const plan = planFor(['--program', file('program.json', JSON.stringify(program)), '--country', 'FR'])
  expect(plan.organization).toEqual({ name: 'Run of 2025-12-15 10:00:00', isSample: false, country: 'FR', timezone: 'Europe/Paris' })
  expect(plan.speed).toBe(1)
  expect(plan.hasLunchBreak).toBe(false)
})

test('DIDs are read in local and international form, and the sample’s are used where the program names none', () => {
  const named = planFor(['--program', file('dids.json', JSON.stringify(program))])
  expect(named.program.didPool).toEqual(['+212520000101', '+33142685300'])
  const unnamed = planFor(['--program', file('no-dids.json', '{"retryStrategy":{"type":"none"}}')])
  expect(unnamed.program.didPool).toHaveLength(3)
})

test('a flow may be the body of POST /flows or the graph alone, and a byte-order mark before it is ignored', () => {
  expect(planFor(['--flow', file('reminder.json', `\uFEFF${JSON.stringify(flow.graph)}`)]).flow).toEqual({
    name: 'reminder',
    graph: flow.graph,
  })
  expect(planFor(['--flow', file('wrapped.json', JSON.stringify({ ...flow, name: 'Reminder' }))]).flow.name).toBe('Reminder')
})

test.for([
  ['a file that is not there', () => ['--contacts', join(dir, 'nobody.csv')], /nobody\.csv: there is no such file$/],
  ['an empty file', () => ['--contacts', file('empty.csv', '')], /empty\.csv: the file is empty$/],
  ['contacts without a phone column', () => ['--contacts', file('o.csv', 'name\nAmina\n')], /no column is a phone number/],
  ['a folder', () => ['--contacts', dir], /: this is not a file$/],
  ['a flow that is not JSON', () => ['--flow', file('a.json', '{\n  "nodes": [}')], /not valid JSON: unexpected "}" at line 2, column 13$/],
  ['a file that ends too early', () => ['--program', file('b.json', '{"name":')], /it ends too early, at line 1, column 9$/],
  ['a flow that is a list', () => ['--flow', file('c.json', '[]')], /a flow is a JSON object with a graph$/],
  [
    'a flow that could not run',
    () => ['--flow', file('d.json', '{"name":"x","graph":{"nodes":[],"edges":[]}}')],
    /not a valid flow: \/graph\/nodes /,
  ],
  ['a program without retries', () => ['--program', file('e.json', '{}')], /not a valid program: \/retryStrategy is required$/],
  ['a misspelt field', () => ['--program', programFile('f.json', { pacng: {} })], /\/pacng is not a known field$/],
  [
    'an unknown retry strategy',
    () => ['--program', programFile('g.json', { retryStrategy: { type: 'often' } })],
    /\/retryStrategy\/type must be one of none, fixed_delay, scheduled$/,
  ],
  [
    'half a retry strategy',
    () => ['--program', programFile('h.json', { retryStrategy: { type: 'fixed_delay', delayMinutes: 5 } })],
    /\/retryStrategy\/maxRetries is required$/,
  ],
  [
    'an instant without an offset',
    () => ['--program', programFile('i.json', { startAt: '2025-12-20T09:00:00' })],
    /\/startAt is not valid/,
  ],
  [
    'an unknown time zone',
    () => ['--program', programFile('j.json', { timezone: 'Africa/Atlantis' })],
    /\/timezone "Africa\/Atlantis" is not an IANA time zone$/,
  ],
  [
    'a DID that is not a number',
    () => ['--program', programFile('k.json', { didPool: ['+212520000101', '12'] })],
    /\/didPool\/1 "12" is not a phone number/,
  ],
  ['a live program', () => ['--program', programFile('l.json', { mode: 'live' })], /\/mode live programs have no contacts to start with$/],
  [
    'weekly windows in a country of several time zones',
    () => ['--country', 'US', '--program', programFile('m.json', { pauseWindows: { monday: [] } })],
    /US has several time zones: \/timezone must say/,
  ],
  ['a carrier profile that is not JSON', () => ['--carrier', file('n.json', 'busy')], /unexpected "b" at line 1, column 1$/],
  ['a result where there is no folder', () => ['--out', join(dir, 'nowhere/result.json')], /no result can be written there \(ENOENT\)$/],
  ['a result in place of a folder', () => ['--out', folder('results')], /this is not a file, so no result can be written there$/],
] as const)('%s is refused in one line with exit code 2', ([, args, message]) => {
  expect(() => planFor([...args()])).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }))
})

test('everything that is wrong with a file is said at once, a line for each', () => {
  const path = programFile('many.json', { pacng: {}, timezone: 'Africa/Atlantis', didPool: ['12', '+212520000101', '13'] })
  expect(() => planFor(['--program', path])).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: [
        `${path}: not a valid program:`,
        '  /pacng is not a known field',
        '  /timezone "Africa/Atlantis" is not an IANA time zone',
        '  /didPool/0 "12" is not a phone number (the number has too few digits for its country)',
        '  /didPool/2 "13" is not a phone number (the number has too few digits for its country)',
      ].join('\n'),
    }),
  )
})

function planFor(args: string[]) {
  return planRun(parseStartArguments(args), nowMs)
}

function file(name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}

function programFile(name: string, changes: object): string {
  return file(name, JSON.stringify({ ...program, ...changes }))
}

function folder(name: string): string {
  mkdirSync(join(dir, name), { recursive: true })
  return join(dir, name)
}
