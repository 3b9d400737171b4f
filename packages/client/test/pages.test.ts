import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Client, createClient } from '../src/client.ts'
import { startApi } from './support/api.ts'

let api: Awaited<ReturnType<typeof startApi>>
let client: Client
beforeAll(async () => {
  const answer = async ({ query }: { query: unknown }) => {
    const page = Number((query as { page: string }).page)
    const ids = { 1: ['a', 'b'], 2: ['c', 'd'], 3: ['e'] }[page] ?? []
    return { data: ids.map((id) => ({ id })), meta: { page, limit: 2, total: 5, totalPages: 3 } }
  }
  api = await startApi((app) => {
    app.get('/contacts', answer)
    app.get('/audiences/:id/contacts', answer)
    app.get('/dids', async () => ({ data: [], meta: { page: 1, limit: 1000, total: 0, totalPages: 0 } }))
  })
  client = createClient({ baseUrl: api.baseUrl, apiKey: 'ck_test' })
})
afterAll(() => api.close())
beforeEach(() => api.received.splice(0))

const urls = () => api.received.map(({ url }) => url)

test('the items of a list come one by one, over all pages', async () => {
  const ids: string[] = []
  for await (const { id } of client.audiences.contacts.items('a1')) ids.push(id)
  expect(ids).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(urls()).toEqual([1, 2, 3].map((page) => `/audiences/a1/contacts?page=${page}&limit=1000`))
})

test('the pages of a list keep the rest of the query, and begin at the page that it names', async () => {
  const pages = []
  for await (const { data } of client.contacts.list.pages({ search: 'x', page: 2, limit: 2 })) pages.push(data.map(({ id }) => id))
  expect(pages).toEqual([['c', 'd'], ['e']])
  expect(urls()).toEqual(['/contacts?search=x&page=2&limit=2', '/contacts?search=x&page=3&limit=2'])
})

test('a page is fetched only when it is needed', async () => {
  const items = client.contacts.list.items()
  expect(urls()).toEqual([])
  for await (const { id } of items) if (id === 'b') break
  expect(urls()).toHaveLength(1)
})

test('an empty list has one empty page and no items', async () => {
  expect(await client.dids.list.items().next()).toEqual({ done: true, value: undefined })
  expect(urls()).toHaveLength(1)
})

test('the options are those of each request', async () => {
  const signal = AbortSignal.abort(new Error('not wanted'))
  await expect(client.audiences.contacts.pages('a1', {}, { signal }).next()).rejects.toThrow('not wanted')
})
