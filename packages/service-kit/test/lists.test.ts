import { randomUUID } from 'node:crypto'
import { ListQuery, Paginated, PaginationQuery } from '@carillon/contracts/pagination'
import { listPages } from '@carillon/testing/list-pages'
import { Type } from '@sinclair/typebox'
import { and, count, eq } from 'drizzle-orm'
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpApp, type HttpApp } from '../src/http/app.ts'
import { identityHeader } from '../src/http/internal-auth.ts'
import { pagedList, plainList } from '../src/http/lists.ts'
import { insertRows } from '../src/postgres/batch.ts'
import { newestFirst, oldestFirst, type Slice } from '../src/postgres/list-order.ts'
import { createMetrics } from '../src/process/metrics.ts'
import type { ServiceDeps } from '../src/process/service.ts'
import { openFixture } from './support/fixture.ts'

/** Items of one organization and of one colour, ordered by a rank that many of them share. */
const items = pgTable('listed_items', {
  organizationId: uuid('organization_id').notNull(),
  colour: integer('colour').notNull(),
  rank: integer('rank').notNull(),
  id: uuid('id').primaryKey(),
})
type Item = typeof items.$inferSelect
const positionOf = ({ rank, id }: Item) => [rank, id]
const newest = newestFirst<Item>([items.rank, items.id], positionOf)
const oldest = oldestFirst<Item>([items.rank, items.id], positionOf)

let fixture: Awaited<ReturnType<typeof openFixture>>
let deps: ServiceDeps
let http: HttpApp
beforeAll(async () => {
  fixture = await openFixture()
  deps = (await fixture.replica()).deps
  await deps.database
    .sql`create table listed_items (organization_id uuid not null, colour integer not null, rank integer not null, id uuid primary key)`
  http = await createHttpApp({
    title: 'Test',
    logger: pino({ level: 'silent' }),
    metrics: createMetrics('lists'),
    auth: deps.auth,
    ready: async () => undefined,
  })
  addRoutes(http)
})
afterAll(async () => {
  await http.close()
  await fixture.close()
})

const Colour = Type.Object({ colour: Type.Integer() })
const Shown = Type.Object({ id: Type.String(), rank: Type.Integer() })

function addRoutes(app: HttpApp) {
  const ofColour = (organizationId: string, colour: number) => and(eq(items.organizationId, organizationId), eq(items.colour, colour))
  const read = (organizationId: string, colour: number, { where, orderBy, limit, offset }: Slice) =>
    deps.database.orm
      .select()
      .from(items)
      .where(and(ofColour(organizationId, colour), where))
      .orderBy(...orderBy)
      .limit(limit)
      .offset(offset)
  const config = { role: 'agent' } as const
  for (const [name, order] of [['newest', newest] as const, ['oldest', oldest] as const]) {
    const Plain = { params: Colour, querystring: ListQuery, response: { 200: Type.Array(Shown) } }
    app.get(`/plain/${name}/:colour`, { config, schema: Plain }, async (request, reply) => {
      const list = plainList(request, reply, order)
      return list.rows(await read(request.identity.organizationId, request.params.colour, list.slice))
    })
    const Paged = {
      querystring: Type.Object({ ...PaginationQuery.properties, colour: Type.Integer({ default: 1 }) }),
      response: { 200: Paginated(Shown) },
    }
    app.get(`/paged/${name}`, { config, schema: Paged }, async (request, reply) => {
      const { organizationId } = request.identity
      const list = pagedList(request, reply, order)
      const rows = await read(organizationId, request.query.colour, list.slice)
      const [counted] = await deps.database.orm.select({ total: count() }).from(items).where(ofColour(organizationId, request.query.colour))
      return list.answer(rows, counted?.total ?? 0, (row) => row)
    })
  }
}

const identity = { role: 'agent' as const, subject: 'user:test', country: 'MA', timezone: 'Africa/Casablanca' }
async function get(organizationId: string, url: string) {
  return http.inject({ url, headers: { [identityHeader]: await deps.auth.sign({ ...identity, organizationId }) } })
}

async function add(organizationId: string, ranks: readonly number[], colour = 1): Promise<string[]> {
  const rows = ranks.map((rank) => ({ organizationId, colour, rank, id: randomUUID() }))
  await deps.database.transaction((tx) => insertRows(tx, items, rows))
  return rows.map(({ id }) => id)
}

const refusal = (answer: { statusCode: number; json(): { error: string; details: { pointer: string }[] } }) => [
  answer.statusCode,
  answer.json().error,
  ...answer.json().details.map(({ pointer }) => pointer),
]

const lists = ['/plain/newest/1', '/plain/oldest/1', '/paged/newest', '/paged/oldest']

describe.each(lists)('%s', (url) => {
  const sign = url.includes('newest') ? -1 : 1
  const inOrder = (a: { rank: number; id: string }, b: { rank: number; id: string }) =>
    sign * (a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

  test('while items of any rank are added, its pages hold every item that was there at the start, in order and none twice', async () => {
    const ranks = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(ranks, fc.array(ranks, { maxLength: 6 }), fc.integer({ min: 1, max: 6 }), async (atStart, later, limit) => {
        const organizationId = randomUUID()
        const before = await add(organizationId, atStart)
        const pages = await listPages<Item>(
          (next) => get(organizationId, next),
          `${url}?limit=${limit}`,
          async (page) => void (await add(organizationId, later[page - 1] ?? [])),
        )
        const seen = pages.flatMap((page) => page.items)
        expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining(before))
        expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
        expect(seen).toEqual(seen.toSorted(inOrder))
        // Every page is full but the last one, which is empty in an empty list alone.
        expect(pages.slice(0, -1).every((page) => page.items.length === limit)).toBe(true)
        expect(pages.at(-1)?.items.length).toBeGreaterThanOrEqual(atStart.length === 0 ? 0 : 1)
      }),
      { numRuns: 40 },
    )
  })

  test('an item that is deleted is not missed by the pages behind it', async () => {
    const organizationId = randomUUID()
    const all = await add(organizationId, [1, 2, 3, 4, 5, 6])
    const ordered = url.includes('newest') ? all.toReversed() : all
    const pages = await listPages<Item>(
      (next) => get(organizationId, next),
      `${url}?limit=2`,
      async () => void (await deps.database.sql`delete from listed_items where id = ${ordered[1] ?? ''}`),
    )
    expect(pages.flatMap((page) => page.items.map(({ id }) => id))).toEqual(ordered)
  })

  test.each<[string, (cursor: string) => string]>([
    ['no base64', () => '*'],
    ['no JSON', () => 'AAAA'],
    ['empty', () => ''],
    ['an object', () => encode({})],
    ['a list of one', () => encode([1])],
    ['of another version', (cursor) => changed(cursor, (parts) => [2, ...parts.slice(1)])],
    ['with too few values', (cursor) => changed(cursor, (parts) => parts.slice(0, -1))],
    ['with too many values', (cursor) => changed(cursor, (parts) => [...parts, 1])],
    ['with a text as rank', (cursor) => changed(cursor, (parts) => [...parts.slice(0, 3), '1', parts[4]])],
    ['with a rank that no column holds', (cursor) => changed(cursor, (parts) => [...parts.slice(0, 3), 2 ** 31, parts[4]])],
    ['with a broken id', (cursor) => changed(cursor, (parts) => [...parts.slice(0, 4), "' or true --"])],
    ['with null as id', (cursor) => changed(cursor, (parts) => [...parts.slice(0, 4), null])],
    ['with no page', (cursor) => changed(cursor, (parts) => [...parts.slice(0, 2), 'x', ...parts.slice(3)])],
    ['too long', () => 'A'.repeat(401)],
  ])('a cursor that is %s is refused', async (_what, broken) => {
    const organizationId = randomUUID()
    await add(organizationId, [1, 2])
    const { cursor } = await firstPage(organizationId)
    expect(refusal(await get(organizationId, `${url}?limit=1&cursor=${encodeURIComponent(broken(cursor))}`))).toEqual([
      400,
      'ValidationError',
      '/query/cursor',
    ])
  })

  test('a cursor with any values is refused or shows only items of the list', async () => {
    const organizationId = randomUUID()
    const ids = await add(organizationId, [1, 2, 3])
    await add(randomUUID(), [1, 2, 3])
    const { cursor } = await firstPage(organizationId)
    const values = fc.array(fc.oneof(fc.jsonValue(), fc.integer(), fc.uuid()), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(values, async (any) => {
        const answer = await get(organizationId, `${url}?limit=5&cursor=${changed(cursor, (parts) => [...parts.slice(0, 3), ...any])}`)
        expect([200, 400]).toContain(answer.statusCode)
        const body = answer.json() as Item[] | { data: Item[] }
        if (answer.statusCode === 400) expect(refusal(answer)).toEqual([400, 'ValidationError', '/query/cursor'])
        else for (const { id } of Array.isArray(body) ? body : body.data) expect(ids).toContain(id)
      }),
      { numRuns: 60 },
    )
  })

  test('a cursor of another organization or another list is refused', async () => {
    const [organizationId, other] = [randomUUID(), randomUUID()]
    await add(organizationId, [1, 2])
    const { cursor } = await firstPage(organizationId)
    const refused = [400, 'ValidationError', '/query/cursor']
    expect(refusal(await get(other, `${url}?limit=1&cursor=${cursor}`))).toEqual(refused)
    for (const elsewhere of lists.filter((list) => list !== url)) {
      expect(refusal(await get(organizationId, `${elsewhere}?limit=1&cursor=${cursor}`))).toEqual(refused)
    }
    const filtered = url.startsWith('/plain') ? url.replace(/1$/, '2') : `${url}?colour=2`
    const separator = filtered.includes('?') ? '&' : '?'
    expect(refusal(await get(organizationId, `${filtered}${separator}cursor=${cursor}`))).toEqual(refused)
  })

  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=1.5'])('%s is refused', async (query) => {
    expect(refusal(await get(randomUUID(), `${url}?${query}`))).toEqual([400, 'ValidationError', '/query/limit'])
  })

  test('an unknown query parameter is refused', async () => {
    expect(refusal(await get(randomUUID(), `${url}?offset=2`))).toEqual([400, 'ValidationError', '/query/offset'])
  })

  async function firstPage(organizationId: string) {
    const link = String((await get(organizationId, `${url}?limit=1`)).headers.link)
    return { cursor: new URL(link.slice(1, link.indexOf('>')), 'http://list').searchParams.get('cursor') ?? '' }
  }
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const changed = (cursor: string, change: (parts: unknown[]) => unknown[]) =>
  encode(change(JSON.parse(Buffer.from(cursor, 'base64url').toString())))

test('a plain list is whole without a limit, and has no Link; with a cursor alone it holds the rest', async () => {
  const organizationId = randomUUID()
  const ids = (await add(organizationId, [1, 2, 3])).toReversed()
  const whole = await get(organizationId, '/plain/newest/1')
  expect([whole.json().map(({ id }: Item) => id), whole.headers.link]).toEqual([ids, undefined])
  const [first] = await listPages<Item>((url) => get(organizationId, url), '/plain/newest/1?limit=1')
  const rest = await get(organizationId, (first?.next ?? '').replace('limit=1&', ''))
  expect(rest.json().map(({ id }: Item) => id)).toEqual(ids.slice(1))
})

test('the pages of a list are counted on, with the total of this moment, and the Link keeps the rest of the query', async () => {
  const organizationId = randomUUID()
  await add(organizationId, [1, 2, 3, 4, 5], 7)
  const pages = await listPages<Item>(
    (url) => get(organizationId, url),
    '/paged/newest?colour=7&page=2&limit=2',
    async () => void (await add(organizationId, [9, 0], 7)),
  )
  expect(pages.map(({ meta, items: { length } }) => [meta?.page, meta?.total, meta?.totalPages, length])).toEqual([
    [2, 5, 3, 2],
    [3, 7, 4, 2],
  ])
  expect(pages[0]?.next).toMatch(/^\/paged\/newest\?colour=7&limit=2&cursor=[\w-]+$/)
  expect(pages[1]?.meta?.nextCursor).toBeNull()
})

test('a page after the last one is empty, and one too far away is refused with a hint at the cursor', async () => {
  const organizationId = randomUUID()
  await add(organizationId, [1])
  const beyond = await get(organizationId, '/paged/newest?page=100&limit=1000')
  expect(beyond.json()).toEqual({ data: [], meta: { page: 100, limit: 1000, total: 1, totalPages: 1, nextCursor: null } })
  const tooFar = await get(organizationId, '/paged/newest?page=101&limit=1000')
  expect(refusal(tooFar)).toEqual([400, 'ValidationError', '/query/page'])
  expect(tooFar.json().message).toContain('cursor')
})

test('a page and a cursor together are refused', async () => {
  const organizationId = randomUUID()
  await add(organizationId, [1, 2])
  const { meta } = (await get(organizationId, '/paged/newest?limit=1')).json()
  expect(refusal(await get(organizationId, `/paged/newest?page=1&limit=1&cursor=${meta.nextCursor}`))).toEqual([
    400,
    'ValidationError',
    '/query/page',
  ])
})

test('a list cannot be ordered by a column whose values a cursor cannot check', () => {
  const named = pgTable('named', { name: text('name').notNull() })
  expect(() => newestFirst([named.name], () => [''])).toThrow('its type text has no check')
})

test('the document describes the Link header of every list', async () => {
  const { paths } = (await http.inject({ url: '/openapi.json' })).json()
  expect(paths['/paged/newest'].get.responses[200].headers.Link.schema).toEqual({ type: 'string' })
  expect(paths['/plain/newest/{colour}'].get.responses[200].headers.Link.schema).toEqual({ type: 'string' })
})
