import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createHttpApp } from '../src/http/app.ts'
import { internalAuth } from '../src/http/internal-auth.ts'
import { createMetrics } from '../src/process/metrics.ts'

async function listening() {
  const app = await createHttpApp({
    title: 'Test',
    logger: pino({ level: 'silent' }),
    metrics: createMetrics('test'),
    auth: internalAuth('a secret of the tests alone', Date.now),
    ready: async () => undefined,
  })
  app.get('/slow', { config: { role: 'open' } }, async () => {
    await delay(100)
    return { ok: true }
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url }
}

interface Answer {
  /** The status, or the system call that failed: `connect` when no connection came about. */
  outcome: number | string
  tellsToLeave: boolean
}

function ask(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    get(url, { agent }, (response: IncomingMessage) => {
      response.resume()
      response.once('end', () => resolve({ outcome: response.statusCode ?? 0, tellsToLeave: response.headers.connection === 'close' }))
    }).on('error', (error) => resolve({ outcome: 'syscall' in error ? String(error.syscall) : error.message, tellsToLeave: false }))
  })
}

test('a server that stops answers every request that reached it, and tells each client to leave its connection', async () => {
  const { app, url } = await listening()
  const agent = new Agent({ keepAlive: true })
  const answers: Answer[] = []
  const clients = Array.from({ length: 8 }, async () => {
    for (;;) {
      const answer = await ask(`${url}/slow`, agent)
      if (answer.outcome === 'connect') return
      answers.push(answer)
    }
  })
  await delay(300)
  await app.drain()
  await app.close()
  await Promise.all(clients)
  agent.destroy()
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set([200]))
  expect(answers.slice(-8).every(({ tellsToLeave }) => tellsToLeave)).toBe(true)
})

test('a server that drains is not ready, and stops at once when nobody is connected', async () => {
  const { app, url } = await listening()
  const agent = new Agent({ keepAlive: true })
  await ask(`${url}/slow`, agent)
  const startedAtMs = performance.now()
  const draining = app.drain()
  expect((await ask(`${url}/ready`, agent)).outcome).toBe(503)
  await draining
  expect(performance.now() - startedAtMs).toBeLessThan(2_000)
  await app.close()
})
