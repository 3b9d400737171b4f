import { testRedisUrl } from '@carillon/testing/redis'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openGateway, platformKey, refusal, refused, type TestGateway } from './support/gateway.ts'

// Creating its key is the first request that counts for a new tenant.
const limits = { RATE_LIMIT_PER_MINUTE: 6, FAILED_AUTHENTICATIONS_PER_MINUTE: 3 }
const open: TestGateway[] = []

beforeEach(async () => {
  const redis = new Redis(testRedisUrl())
  await redis.flushdb()
  await redis.quit()
})
afterEach(async () => {
  for (const gateway of open.splice(0).reverse()) await gateway.close()
})

async function gatewayWith(options: Parameters<typeof openGateway>[0]): Promise<TestGateway> {
  const gateway = await openGateway(options)
  open.push(gateway)
  return gateway
}

const statuses = async (gateway: TestGateway, key: string, times: number) => {
  const answers = []
  for (let index = 0; index < times; index++) answers.push((await gateway.call(key, 'GET', '/programs')).status)
  return answers
}

test('an organization over its limit is told when to try again, and another is not limited', async () => {
  const gateway = await gatewayWith({ config: { ...limits, REDIS_URL: testRedisUrl() } })
  const [one, other] = [await gateway.tenant('agent'), await gateway.tenant('agent')]
  expect(await statuses(gateway, one.key, 5)).toEqual([200, 200, 200, 200, 200])
  const answer = await gateway.call(one.key, 'GET', '/programs')
  expect(refusal(answer)).toEqual(refused(429, 'TooManyRequestsError'))
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await statuses(gateway, other.key, 1)).toEqual([200])
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
})

test('requests in test mode are counted apart from live ones', async () => {
  const gateway = await gatewayWith({ config: { ...limits, REDIS_URL: testRedisUrl() } })
  const { key } = await gateway.tenant('agent')
  const inTestMode = { headers: { 'x-mode': 'test' } }
  for (let index = 0; index < 6; index++) expect((await gateway.call(key, 'GET', '/programs', inTestMode)).status).toBe(200)
  expect((await gateway.call(key, 'GET', '/programs', inTestMode)).status).toBe(429)
  expect(await statuses(gateway, key, 1)).toEqual([200])
})

test('replicas share one count in Redis', async () => {
  const config = { ...limits, REDIS_URL: testRedisUrl() }
  const one = await gatewayWith({ config })
  const other = await gatewayWith({ config, service: { database: one.service.database, nats: one.service.nats } })
  const { key } = await one.tenant('agent')
  expect(await statuses(one, key, 3)).toEqual([200, 200, 200])
  expect(await statuses(other, key, 3)).toEqual([200, 200, 429])
})

test('without Redis each replica counts for itself', async () => {
  const gateway = await gatewayWith({ config: limits })
  const { key } = await gateway.tenant('agent')
  expect(await statuses(gateway, key, 6)).toEqual([200, 200, 200, 200, 200, 429])
})

test('while Redis is away nothing is limited', async () => {
  const gateway = await gatewayWith({ config: { ...limits, REDIS_URL: 'redis://127.0.0.1:1' } })
  const { key } = await gateway.tenant('agent')
  expect(new Set(await statuses(gateway, key, 10))).toEqual(new Set([200]))
  expect(new Set(await statuses(gateway, 'ck_wrong', 10))).toEqual(new Set([401]))
})

test('failed authentications of an address are limited, and not the callers behind it who authenticate', async () => {
  const gateway = await gatewayWith({ config: { ...limits, RATE_LIMIT_PER_MINUTE: 1_000, REDIS_URL: testRedisUrl() } })
  const { key } = await gateway.tenant('agent')
  expect(await statuses(gateway, 'ck_wrong', 4)).toEqual([401, 401, 401, 429])
  const answer = await gateway.call('aaa.bbb.ccc', 'GET', '/programs')
  expect(refusal(answer)).toEqual(refused(429, 'TooManyRequestsError'))
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  // The key is used for the first time: nobody knows it yet.
  expect(await statuses(gateway, key, 1)).toEqual([200])
  expect((await gateway.call(platformKey, 'GET', '/docs/static/nothing')).status).toBe(404)
})

test('a service that refuses the gateway’s token is at fault, not the client', async () => {
  const gateway = await gatewayWith({ config: { ...limits, RATE_LIMIT_PER_MINUTE: 1_000 } })
  for (let index = 0; index < 6; index++) {
    expect(refusal(await gateway.call(platformKey, 'GET', '/billing/unauthorized'))).toEqual(refused(503, 'ServiceUnavailableError'))
  }
  expect(await statuses(gateway, 'ck_wrong', 1)).toEqual([401])
})
