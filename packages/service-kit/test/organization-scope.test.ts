import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHttpApp, type HttpApp } from '../src/http/app.ts'
import { identityHeader } from '../src/http/internal-auth.ts'
import { acrossOrganizations, forOrganization } from '../src/postgres/organization-scope.ts'
import type { ServiceDeps } from '../src/process/service.ts'
import { openFixture } from './support/fixture.ts'

const [mine, theirs] = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b']
let fixture: Awaited<ReturnType<typeof openFixture>>
let deps: ServiceDeps
let app: HttpApp
beforeAll(async () => {
  fixture = await openFixture()
  deps = (await fixture.replica()).deps
  await deps.database.sql`
    insert into idempotency_keys (organization_id, key, request_hash) values (${mine}, 'mine', ''), (${theirs}, 'theirs', '')`
  app = await createHttpApp({ title: 'Test', rowSecurity: true, ...deps })
  app.get('/keys', { config: { role: 'agent' } }, keys)
  app.get('/all-keys', { config: { role: 'agent', acrossOrganizations: true } }, keys)
  app.post('/keys', { config: { role: 'agent' }, schema: { body: {} } }, async () => {
    await deps.database.sql`insert into idempotency_keys (organization_id, key, request_hash) values (${theirs}, 'written', '')`
    return null
  })
})
afterAll(async () => {
  await app.close()
  await fixture.close()
})

/** Statements that forget the organization. */
async function keys(): Promise<string[]> {
  const { database } = deps
  const plain = await database.sql<{ key: string }[]>`select key from idempotency_keys`
  const inside = await database.transaction((tx) => tx.sql<{ key: string }[]>`select key from idempotency_keys`)
  const snapshot = await database.snapshot((tx) => tx.sql<{ key: string }[]>`select key from idempotency_keys`)
  return [...plain, ...inside, ...snapshot].map(({ key }) => key).sort()
}

async function answer(method: 'GET' | 'POST', url: string, organizationId = mine) {
  const identity = { organizationId, role: 'agent', subject: 'user:test', country: 'MA', timezone: 'Africa/Casablanca' } as const
  const headers = { [identityHeader]: await deps.auth.sign(identity) }
  return app.inject({ method, url, headers, ...(method === 'POST' ? { payload: {} } : {}) })
}

test('a route sees the rows of the caller alone, whatever its statements say, also when callers take turns on a connection', async () => {
  for (let round = 0; round < 5; round++) {
    const [first, second] = await Promise.all([answer('GET', '/keys'), answer('GET', '/keys', theirs)])
    expect(first.json()).toEqual(['mine', 'mine', 'mine'])
    expect(second.json()).toEqual(['theirs', 'theirs', 'theirs'])
  }
})

test('a route writes nothing for another organization', async () => {
  expect((await answer('POST', '/keys')).statusCode).toBe(500)
  expect(await keys()).not.toContain('written')
})

test('a route that says so sees the rows of all, and so does what is no request', async () => {
  const all = ['mine', 'mine', 'mine', 'theirs', 'theirs', 'theirs']
  expect((await answer('GET', '/all-keys')).json()).toEqual(all)
  expect(await keys()).toEqual(all)
  expect(await forOrganization(mine, () => acrossOrganizations(keys))).toEqual(all)
})

test('a request reads no message, and writes some', async () => {
  const reading = forOrganization(mine, async () => await deps.database.sql`select messages from outbox`)
  await expect(reading).rejects.toThrow('permission denied')
  const writing = forOrganization(
    mine,
    async () => await deps.database.sql`insert into outbox (stream, messages, message_count) values ('CALLS', '', 0) returning id`,
  )
  expect(await writing).toHaveLength(1)
})

test('a connection goes from one organization to the next, and its open statements with it', async () => {
  const seen = await Promise.all(
    Array.from({ length: 60 }, (_, index) => {
      const organizationId = index % 2 === 0 ? mine : theirs
      return forOrganization(organizationId, async () => {
        const rows = await deps.database.sql<{ owner: string }[]>`select distinct organization_id as owner from idempotency_keys`
        return rows.every(({ owner }) => owner === organizationId)
      })
    }),
  )
  expect(seen).toEqual(seen.map(() => true))
})
