import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, expect, test } from 'vitest'
import { followLog } from '../src/dev/follow-log.ts'
import { type Restartable, startRestarter } from '../src/dev/restarter.ts'
import { createSupervisor, untilReady } from '../src/supervisor.ts'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('restarter')
const supervisor = createSupervisor(dir)
afterAll(() => supervisor.close())

const good = "console.log('running'); setInterval(() => {}, 1000)\n"

/** A program of one file that counts as ready once it has printed `running`. */
async function started(name: string): Promise<Restartable & { pid: number; program: string; logPath: string }> {
  const program = join(dir, `${name}.mjs`)
  const logPath = join(dir, `${name}.log`)
  writeFileSync(program, good)
  writeFileSync(logPath, '')
  const launch = async () => {
    const before = readFileSync(logPath, 'utf8').length
    const launched = supervisor.start({
      name,
      command: process.execPath,
      args: [program],
      env: process.env,
      logPath,
      stopSignal: 'SIGTERM',
      graceMs: 5_000,
    })
    running = launched
    await untilReady(launched, { probe: async () => readFileSync(logPath, 'utf8').slice(before).includes('running'), timeoutMs: 60_000 })
  }
  let running: ReturnType<typeof supervisor.start> | undefined
  await launch()
  return {
    name,
    program,
    logPath,
    get pid() {
      return running?.pid ?? 0
    },
    get exited() {
      return running?.exited ?? Promise.resolve('')
    },
    lastWords: () => running?.lastWords() ?? '',
    async restart() {
      await running?.stop()
      await launch()
    },
  }
}

test('a change restarts exactly the service that it concerns', async () => {
  const [one, other] = [await started('one'), await started('other')]
  const before = { one: one.pid, other: other.pid }
  const said: string[] = []
  const restarter = startRestarter([one, other], (line) => said.push(line))
  restarter.restart('one')
  await eventually(() => expect(said.join('\n')).toMatch(/^one restarted in/), { timeoutMs: 60_000 })
  expect(one.pid).not.toBe(before.one)
  expect(other.pid).toBe(before.other)
  restarter.end()
})

test('a service with a syntax error keeps its log and waits; the next change starts it', async () => {
  const service = await started('broken')
  const said: string[] = []
  const restarter = startRestarter([service], (line) => said.push(line))
  writeFileSync(service.program, 'const = 1\n')
  restarter.restart('broken')
  await eventually(() => expect(said.join('\n')).toContain('broken waits for the next change'), { timeoutMs: 60_000 })
  expect(said.join('\n')).toContain('SyntaxError')
  expect(readFileSync(service.logPath, 'utf8')).toMatch(/^running\n/)

  writeFileSync(service.program, good)
  restarter.restart('broken')
  await eventually(() => expect(said.join('\n')).toContain('broken restarted in'), { timeoutMs: 60_000 })
  restarter.end()
})

test('a service that stops by itself is reported', async () => {
  const service = await started('mortal')
  const said: string[] = []
  const restarter = startRestarter([service], (line) => said.push(line))
  process.kill(service.pid, 'SIGKILL')
  await eventually(() => expect(said.join('\n')).toContain('mortal stopped (signal SIGKILL)'), { timeoutMs: 60_000 })
  restarter.end()
})

test('a log is followed from its end, whole lines only', async () => {
  const path = join(dir, 'followed.log')
  writeFileSync(path, 'old\n')
  const lines: string[] = []
  const end = followLog(path, (line) => lines.push(line))
  appendFileSync(path, 'first\nsec')
  await eventually(() => expect(lines).toEqual(['first']), { timeoutMs: 60_000 })
  appendFileSync(path, 'ond\n')
  await eventually(() => expect(lines).toEqual(['first', 'second']), { timeoutMs: 60_000 })
  end()
})
