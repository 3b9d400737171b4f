import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@carillon/testing/eventually'
import { expect, test } from 'vitest'
import { identityOf } from '../src/process-identity.ts'
import { createSupervisor, type ProcessSpec, sweep, untilReady } from '../src/supervisor.ts'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('supervisor')

function spec(program: string, change: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name: program,
    command: process.execPath,
    args: [join(import.meta.dirname, 'programs', `${program}.mjs`)],
    env: process.env,
    logPath: join(dir, `${program}.log`),
    stopSignal: 'SIGTERM',
    graceMs: 5_000,
    ...change,
  }
}

const hasLogged = (path: string, text: string) => async () => existsSync(path) && readFileSync(path, 'utf8').includes(text)

test('a process that ignores the request to stop is killed after its grace', async () => {
  const logPath = join(dir, 'deaf-stop.log')
  const deaf = createSupervisor(dir).start(spec('deaf', { logPath, graceMs: 100 }))
  await untilReady(deaf, { probe: hasLogged(logPath, 'running'), timeoutMs: 60_000 })
  await deaf.stop()
  expect(await deaf.exited).toBe('signal SIGKILL')
  expect(readFileSync(logPath, 'utf8')).toContain('asked to stop')
})

test('a process that ends while it is waited for is reported with the end of its log', async () => {
  const failing = createSupervisor(dir).start(spec('failing'))
  const ready = untilReady(failing, { probe: async () => false, timeoutMs: 60_000 })
  await expect(ready).rejects.toThrow('failing stopped while starting (exit code 3)\n  the port is taken')
})

test('a program that does not exist is reported as such', async () => {
  const missing = createSupervisor(dir).start(spec('missing', { command: '/nowhere/missing' }))
  const ready = untilReady(missing, { probe: async () => false, timeoutMs: 60_000 })
  await expect(ready).rejects.toThrow('ENOENT')
})

test('a process that is not ready in time is reported', async () => {
  const supervisor = createSupervisor(dir)
  const deaf = supervisor.start(spec('deaf', { graceMs: 100 }))
  const ready = untilReady(deaf, { probe: async () => false, timeoutMs: 50 })
  await expect(ready).rejects.toThrow('deaf was not ready within 0.05 s')
  await supervisor.close()
})

test('closing stops what runs and starts nothing more', async () => {
  const supervisor = createSupervisor(dir)
  const deaf = supervisor.start(spec('deaf', { stopSignal: 'SIGKILL' }))
  await supervisor.close()
  expect(deaf.hasExited()).toBe(true)
  expect(() => supervisor.start(spec('deaf'))).toThrow('everything is being stopped')
})

test('a process that an earlier run left running is stopped by its record', async () => {
  const ownDir = scratchDir('leftover')
  const logPath = join(ownDir, 'left.log')
  const left = createSupervisor(ownDir).start(spec('deaf', { name: 'left', logPath }))
  await untilReady(left, { probe: hasLogged(logPath, 'running'), timeoutMs: 60_000 })
  expect(await sweep(ownDir, 50)).toEqual(['left'])
  expect(await left.exited).toBe('signal SIGKILL')
  await eventually(() => expect(readdirSync(join(ownDir, 'processes'))).toEqual([]))
})

test('another process that got the id of one of ours is left alone', async () => {
  const ownDir = scratchDir('stranger')
  const stranger = createSupervisor(dir).start(spec('deaf', { stopSignal: 'SIGKILL' }))
  createSupervisor(ownDir)
  const record = { name: 'ours', pid: stranger.pid, identity: 'another boot 42', stopSignal: 'SIGKILL' }
  writeFileSync(join(ownDir, 'processes', `${stranger.pid}.json`), JSON.stringify(record))
  expect(await sweep(ownDir)).toEqual([])
  expect(identityOf(stranger.pid)).not.toBeNull()
  await stranger.stop()
})
