import { afterAll, beforeAll, expect, test } from 'vitest'
import { type IdempotentRequest, once } from '../src/http/idempotency.ts'
import type { ServiceDeps } from '../src/process/service.ts'
import { openFixture } from './support/fixture.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
let deps: ServiceDeps
beforeAll(async () => {
  fixture = await openFixture()
  deps = (await fixture.replica()).deps
})
afterAll(() => fixture.close())

const organizationId = '018f0000-0000-7000-8000-00000000000a'
const request = (key: string | undefined, body: unknown = { name: 'x' }): IdempotentRequest => ({
  organizationId,
  key,
  route: 'POST /things',
  body,
})

function counter() {
  let runs = 0
  return {
    runs: () => runs,
    work: async () => {
      runs++
      return { statusCode: 201, body: { run: runs } }
    },
  }
}

test('the same key and body get the first answer again, and the work runs once', async () => {
  const { work, runs } = counter()
  const first = await deps.database.transaction((tx) => once(tx, request('k1'), work))
  const second = await deps.database.transaction((tx) => once(tx, request('k1'), work))
  expect(second).toEqual(first)
  expect(runs()).toBe(1)
})

test('the same key with another body is a conflict', async () => {
  const { work } = counter()
  await deps.database.transaction((tx) => once(tx, request('k2'), work))
  const again = deps.database.transaction((tx) => once(tx, request('k2', { name: 'y' }), work))
  await expect(again).rejects.toMatchObject({ kind: 'conflict', name: 'IdempotencyConflictError' })
})

test('requests with the same key that come at once run once', async () => {
  const { work, runs } = counter()
  const answers = await Promise.all(Array.from({ length: 5 }, () => deps.database.transaction((tx) => once(tx, request('k3'), work))))
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1)
  expect(runs()).toBe(1)
})

test('a request that was refused leaves its key free', async () => {
  const refused = deps.database.transaction((tx) =>
    once(tx, request('k4'), async () => {
      throw new Error('refused')
    }),
  )
  await expect(refused).rejects.toThrow('refused')
  const { work } = counter()
  expect(await deps.database.transaction((tx) => once(tx, request('k4'), work))).toEqual({ statusCode: 201, body: { run: 1 } })
})

test('a request without a key runs each time', async () => {
  const { work, runs } = counter()
  await deps.database.transaction((tx) => once(tx, request(undefined), work))
  await deps.database.transaction((tx) => once(tx, request(undefined), work))
  expect(runs()).toBe(2)
})
