import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Client, createClient } from '../src/client.ts'
import { startApi } from './support/api.ts'

interface Query {
  page?: string
  limit?: string
  cursor?: string
}

let ids: string[]
/** Runs before an answer is made. */
let meanwhile: () => void
let api: Awaited<ReturnType<typeof startApi>>
let client: Client

/** A list as the services answer it: the cursor is the last id that was shown, and `ids` are in the list's order. */
function sliceOf({ page = '1', limit = '20', cursor }: Query) {
  meanwhile()
  const start = cursor === undefined ? (Number(page) - 1) * Number(limit) : ids.indexOf(cursor) + 1
  const shown = ids.slice(start, start + Number(limit))
  const nextCursor = start + shown.length < ids.length ? (shown.at(-1) ?? null) : null
  return { data: shown.map((id) => ({ id })), nextCursor }
}

beforeAll(async () => {
  const paged = async ({ query }: { query: unknown }) => {
    const { data, nextCursor } = sliceOf(query as Query)
    return { data, meta: { page: 1, limit: 2, total: ids.length, totalPages: 3, nextCursor } }
  }
  api = await startApi((app) => {
    app.get('/contacts', paged)
    app.get('/audiences/:id/contacts', paged)
    for (const url of ['/programs', '/programs/:id/executions']) {
      app.get(url, async ({ query, url: own }, reply) => {
        const { data, nextCursor } = sliceOf(query as Query)
        if (nextCursor !== null) reply.header('link', `<${own.split('?')[0]}?limit=2&cursor=${nextCursor}>; rel="next"`)
        return data
      })
    }
  })
  client = createClient({ baseUrl: api.baseUrl, apiKey: 'ck_test' })
})
afterAll(() => api.close())
beforeEach(() => {
  ids = ['a', 'b', 'c', 'd', 'e']
  meanwhile = () => {}
  api.received.splice(0)
})

const urls = () => api.received.map(({ url }) => url)

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

test('the items of a list come one by one, over all pages, by the cursor of each', async () => {
  const items = await all(client.audiences.contacts.items('a1', { limit: 2 }))
  expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(urls()).toEqual(['limit=2', 'limit=2&cursor=b', 'limit=2&cursor=d'].map((query) => `/audiences/a1/contacts?${query}`))
})

test('those of a plain list come by the Link header of each answer', async () => {
  const items = await all(client.programs.list.items({ limit: 2 }))
  expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(urls()).toEqual(['/programs?limit=2', '/programs?limit=2&cursor=b', '/programs?limit=2&cursor=d'])
  const pages = await all(client.programs.executions.pages('p1', { limit: 3 }))
  expect(pages.map((page) => page.map(({ id }) => id))).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ])
})

test('a page has 1000 items unless the query says otherwise', async () => {
  await all(client.contacts.list.items())
  await all(client.programs.list.items())
  expect(urls()).toEqual(['/contacts?limit=1000', '/programs?limit=1000'])
})

test('a plain list that is called as a function is whole', async () => {
  expect(await client.programs.executions('p1')).toHaveLength(5)
  expect(urls()).toEqual(['/programs/p1/executions'])
})

test('the pages of a list keep the rest of the query, and begin at the page that it names', async () => {
  const pages = await all(client.contacts.list.pages({ search: 'x', page: 2, limit: 2 }))
  expect(pages.map(({ data }) => data.map(({ id }) => id))).toEqual([['c', 'd'], ['e']])
  expect(urls()).toEqual(['/contacts?search=x&page=2&limit=2', '/contacts?search=x&limit=2&cursor=d'])
})

describe('while items are added before and behind the place that was reached', () => {
  test.each([
    ['a paged list', (limit: number) => client.contacts.list.items({ limit })],
    ['a plain list', (limit: number) => client.programs.list.items({ limit })],
  ])('%s gives every item that was there at the start, and none twice', async (_list, items) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 4 }), fc.array(fc.nat()), async (size, limit, places) => {
        const before = Array.from({ length: size }, (_, index) => `s${index}`)
        ids = [...before]
        let added = 0
        meanwhile = () => {
          const place = places[added]
          if (place !== undefined) ids.splice(place % (ids.length + 1), 0, `n${added++}`)
        }
        const found = (await all<{ id: string }>(items(limit))).map(({ id }) => id)
        expect(new Set(found).size).toBe(found.length)
        expect(found.filter((id) => id.startsWith('s'))).toEqual(before)
      }),
      { numRuns: 50 },
    )
  })
})

test('a page is fetched only when it is needed', async () => {
  const items = client.contacts.list.items({ limit: 2 })
  expect(urls()).toEqual([])
  for await (const { id } of items) if (id === 'b') break
  expect(urls()).toHaveLength(1)
})

test('an empty list has one empty page and no items', async () => {
  ids = []
  expect(await client.contacts.list.items().next()).toEqual({ done: true, value: undefined })
  expect(await client.programs.list.items().next()).toEqual({ done: true, value: undefined })
  expect(urls()).toHaveLength(2)
})

test('a page that says nothing of a next one is the last', async () => {
  const fetch = async () => Response.json({ data: [{ id: 'a' }], meta: {} })
  const other = createClient({ baseUrl: 'http://stand-in', apiKey: 'ck_test', fetch })
  expect(await all(other.contacts.list.items())).toEqual([{ id: 'a' }])
})

test('the options are those of each request', async () => {
  const signal = AbortSignal.abort(new Error('not wanted'))
  await expect(client.audiences.contacts.pages('a1', {}, { signal }).next()).rejects.toThrow('not wanted')
})
