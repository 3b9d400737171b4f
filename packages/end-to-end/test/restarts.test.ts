import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { CreatedApiKey } from '@carillon/contracts/api-key'
import type { Organization } from '@carillon/contracts/organization'
import { serviceNames } from '@carillon/contracts/services'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A busy machine needs several times as long as a quiet one to start a service. */
const patienceMs = 300_000

let stack: TestStack
beforeAll(async () => {
  const profilePath = join(repositoryRoot, 'services/dialer-bridge/profiles/instant.json')
  stack = await testStack({
    carrier: { profilePath, seed: 1 },
    extraEnvironment: { gateway: { UPSTREAM_RESTART_MS: '120000' } },
  })
}, patienceMs)
afterAll(() => stack?.close())

/** Connections that broke after they were opened. */
let brokenCount = 0

/**
 * Sends a request. As a balancer with several gateways does, it sends it again while a gateway refuses the connection, and when a kept connection was
 * closed just as the request was sent. Every request here may be repeated: one that creates something has an idempotency key.
 */
async function send(method: string, path: string, headers: Record<string, string>, body?: object): Promise<Response> {
  const key: Record<string, string> = method === 'POST' ? { 'idempotency-key': randomUUID() } : {}
  for (;;) {
    try {
      return await fetch(stack.gatewayUrl + path, {
        method,
        headers: { ...headers, ...key, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    } catch (error) {
      if (isBroken(error)) brokenCount++
      else if (!isRefused(error)) throw error
      await delay(50)
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && 'syscall' in error.cause && error.cause.syscall === 'connect'
}

function isBroken(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof Error && 'code' in error.cause && isBrokenCode(error.cause.code) && !isRefused(error)
  )
}

function isBrokenCode(code: unknown): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'
}

test(
  'no request fails while each service is restarted',
  async () => {
    const platform = { authorization: `Bearer ${stack.secrets.platformApiKey}` }
    const organization = (await (
      await send('POST', '/organizations', platform, { name: 'Restarts', country: 'MA' })
    ).json()) as Organization
    const acting = { ...platform, 'x-organization-id': organization.id }
    const created = await send('POST', '/api-keys', acting, { name: 'restarts', role: 'admin' })
    const admin = { authorization: `Bearer ${((await created.json()) as CreatedApiKey).key}` }

    let count = 0
    let isOver = false
    const failures: string[] = []
    const requests: [string, string, (() => object)?][] = [
      ['GET', '/contacts?limit=1'],
      ['GET', '/program-executions'],
      ['GET', '/billing/rate-card'],
      ['GET', '/organizations/current'],
      ['POST', '/audiences', () => ({ name: `Audience ${count}` })],
      ['PATCH', '/organizations/current', () => ({ name: `Restarts ${count}` })],
    ]
    const clients = requests.map(async ([method, path, body]) => {
      while (!isOver) {
        count += 1
        const outcome = await send(method, path, admin, body?.()).then(
          async (response) => (response.ok ? '' : `${response.status} ${await response.text()}`),
          (error: Error) => `${error.message}: ${String(error.cause)}`,
        )
        if (outcome !== '') failures.push(`${method} ${path}: ${outcome}`)
        await delay(20)
      }
    })
    const before = count
    for (const name of serviceNames) await stack.services[name].restart()
    isOver = true
    await Promise.all(clients)
    expect(count - before).toBeGreaterThan(100)
    expect(failures).toEqual([])
    // Only the gateway's own restart may break connections: at most the one that each client keeps.
    expect(brokenCount).toBeLessThanOrEqual(clients.length)
  },
  patienceMs,
)
