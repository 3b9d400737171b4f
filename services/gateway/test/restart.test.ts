import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'
import { type Echo, startUpstream } from './support/upstream.ts'

const restartMs = 4_000

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway({ config: { UPSTREAM_RESTART_MS: restartMs } })
})
afterAll(() => gateway.close())

test('requests of any method wait for a service that is being restarted, and arrive once, with their bodies', async () => {
  const { billing } = gateway.upstreams
  await billing.close()
  const answers = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].map((method) =>
    gateway.call<Echo>(platformKey, method, '/billing/anything', method === 'GET' || method === 'DELETE' ? {} : { body: { method } }),
  )
  await delay(500)
  const restarted = await startUpstream('billing', {}, Number(new URL(billing.url).port))
  for (const { status, body } of await Promise.all(answers)) {
    expect(status).toBe(200)
    expect(body.body).toBe(body.method === 'GET' || body.method === 'DELETE' ? '' : JSON.stringify({ method: body.method }))
  }
  expect(restarted.reached.sort()).toEqual(['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((method) => `${method} /billing/anything`))
  await restarted.close()
})

test('a service that stays away is waited for once, not by each request', async () => {
  await gateway.upstreams.reporting.close()
  const path = '/program-execution/1/report'
  const first = performance.now()
  expect(refusal(await gateway.call(platformKey, 'GET', path))).toEqual(refused(503, 'ServiceUnavailableError'))
  expect(performance.now() - first).toBeGreaterThanOrEqual(restartMs)
  const again = performance.now()
  expect(refusal(await gateway.call(platformKey, 'GET', path))).toEqual(refused(503, 'ServiceUnavailableError'))
  expect(performance.now() - again).toBeLessThan(restartMs / 2)
})
