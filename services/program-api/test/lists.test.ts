import { sliceOf } from '@carillon/service-kit/postgres/list-order'
import { listPages } from '@carillon/testing/list-pages'
import { explained } from '@carillon/testing/query-plan'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audienceContactOrder, listAudienceContacts } from '../src/store/audience-contacts.ts'
import { contactOrder, listContacts } from '../src/store/contacts.ts'
import { didOrder, listAvailableDids, listDids } from '../src/store/dids.ts'
import { type Api, openApi } from './support/api.ts'
import { createCampaign } from './support/campaign.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const caller = { identity: { organizationId: '018f0000-0000-7000-8000-00000000001c' } }

async function created(url: string, body: object): Promise<{ id: string }> {
  const answer = await api.post(url, body, caller)
  expect(answer.status).toBe(201)
  return answer.body as { id: string }
}

async function pages(url: string, betweenPages?: () => Promise<void>) {
  const headers = await api.as('supervisor', caller.identity)
  return listPages<Record<string, unknown>>((next) => api.app.inject({ url: next, headers }), url, betweenPages)
}

describe('the pages of each list hold all of it, the newest first, also what it held when others were added', () => {
  let number = 0
  const phone = () => `+2126${String(20_000_000 + ++number)}`
  const programBody = async () => (await createCampaign(api, caller)).body

  test.each<[string, () => Promise<(turn: number) => Promise<{ id: string }>>]>([
    ['/contacts', async () => () => created('/contacts', { phone: phone() })],
    ['/contacts?search=6200', async () => () => created('/contacts', { phone: phone() })],
    ['/audiences', async () => (turn) => created('/audiences', { name: `A ${turn}` })],
    ['/custom-attributes', async () => (turn) => created('/custom-attributes', { displayName: `Attribute ${turn}`, type: 'text' })],
    ['/dnc', async () => () => created('/dnc', { phone: phone() })],
    ['/dnc?search=2126200', async () => () => created('/dnc', { phone: phone() })],
    ['/dids', async () => (turn) => created('/dids', { number: `+212522${100_000 + turn}` })],
    ['/dids/available', async () => (turn) => created('/dids', { number: `+212523${100_000 + turn}` })],
    [
      '/flows',
      async () => {
        const { graph } = await createCampaign(api, caller)
        return (turn) => created('/flows', { name: `F ${turn}`, graph })
      },
    ],
    [
      '/programs',
      async () => {
        const body = await programBody()
        return () => created('/programs', body)
      },
    ],
  ])('%s', async (url, prepare) => {
    const add = await prepare()
    for (let turn = 0; turn < 5; turn++) await add(turn)
    const [whole] = await pages(`${url}${url.includes('?') ? '&' : '?'}limit=1000`)
    const before = whole?.items.map(({ id }) => id) ?? []
    expect(before.length).toBeGreaterThanOrEqual(5)
    expect(before).toEqual(before.toSorted().reverse())
    let turn = 5
    const found = await pages(`${url}${url.includes('?') ? '&' : '?'}limit=2`, async () => void (await add(turn++)))
    expect(found.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(before)
  })

  test('/flows/:id/versions', async () => {
    const { flowId } = await createCampaign(api, caller)
    for (let turn = 0; turn < 4; turn++) await api.patch(`/flows/${flowId}`, { name: `F ${turn}` }, caller)
    const found = await pages(`/flows/${flowId}/versions?limit=2`)
    expect(found.map(({ items }) => items.map(({ version }) => version))).toEqual([[5, 4], [3, 2], [1]])
  })

  test('/flows/:id/versions behind the last version is empty, and that of an unknown flow is not found', async () => {
    const { flowId } = await createCampaign(api, caller)
    await api.patch(`/flows/${flowId}`, { name: 'F' }, caller)
    const [first] = await pages(`/flows/${flowId}/versions?limit=1`)
    const cursor = new URL(first?.next ?? '', 'http://list').searchParams.get('cursor') ?? ''
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const end = Buffer.from(JSON.stringify([...parts.slice(0, 3), 1])).toString('base64url')
    expect(await api.get(`/flows/${flowId}/versions?cursor=${end}`, caller)).toMatchObject({ status: 200, body: [] })
    expect(await api.get(`/flows/${testOrganizationId}/versions`, caller)).toMatchObject({ status: 404 })
  })

  test('/audiences/:id/contacts', async () => {
    const { id } = await created('/audiences', { name: 'Members' })
    const contactIds: string[] = []
    for (let turn = 0; turn < 5; turn++) contactIds.push((await created('/contacts', { phone: phone() })).id)
    await api.post(`/audiences/${id}/contacts`, { contactIds }, caller)
    const found = await pages(`/audiences/${id}/contacts?limit=2`, async () => {
      const { id: later } = await created('/contacts', { phone: phone() })
      await api.post(`/audiences/${id}/contacts`, { contactIds: [later] }, caller)
    })
    expect(found.flatMap(({ items }) => items.map((contact) => contact.id))).toEqual(contactIds.toSorted().reverse())
    expect(found.map(({ meta }) => meta?.total)).toEqual([5, 6, 7])
  })
})

test('the rejections and warnings of an import come in the order of the file, also several of one line', async () => {
  const rows = Array.from({ length: 5 }, (_, index) => `x${index},,\n06123456${10 + index},no date,no number`)
  await created('/custom-attributes', { displayName: 'Due', type: 'date' })
  await created('/custom-attributes', { displayName: 'Amount', type: 'number' })
  const { importId } = (await api.importFile(`phone,due,amount\n${rows.join('\n')}`, '', caller)).body as { importId: string }
  const rejections = await pages(`/contacts/imports/${importId}/rejections?limit=2`)
  expect(rejections.flatMap(({ items }) => items.map(({ line }) => line))).toEqual([2, 4, 6, 8, 10])
  const warnings = await pages(`/contacts/imports/${importId}/warnings?limit=3`)
  expect(warnings.flatMap(({ items }) => items.map(({ line, column }) => `${line} ${column}`))).toEqual(
    [3, 5, 7, 9, 11].flatMap((line) => [`${line} due`, `${line} amount`]),
  )
  expect(warnings.map(({ meta, items }) => [meta?.page, meta?.total, items.length])).toEqual([
    [1, 10, 3],
    [2, 10, 3],
    [3, 10, 3],
    [4, 10, 1],
  ])
})

describe('a page in the middle of a long list reads little more than its own rows:', () => {
  const audienceId = '018f0000-0000-7000-8000-0000000000a1'
  const limit = 100
  const id = (n: number) => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
  beforeAll(async () => {
    const { sql } = api.database
    await sql`
      insert into contacts (organization_id, id, phone, created_at, updated_at)
      select ${testOrganizationId}, ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '+2127' || n, now(), now()
      from generate_series(1, 50000) n`
    // Every third contact, so that neither side of the join is a range of the other.
    await sql`
      insert into audience_contacts select ${audienceId}, ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
      from generate_series(1, 50000, 3) n`
    await sql`
      insert into dids (id, organization_id, number, country, status, created_at, updated_at)
      select ('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, case when n % 2 = 0 then ${testOrganizationId}::uuid end,
             '+2125' || n, 'MA', 'active', now(), now()
      from generate_series(1, 20000) n`
    await sql`analyze contacts, audience_contacts, dids`
  })

  test.each<[string, Parameters<typeof explained>[1], number]>([
    ['contacts', (orm) => listContacts(orm, testOrganizationId, undefined, sliceOf(contactOrder, { after: [id(25_000)], limit })), 1],
    [
      'contacts of an audience',
      (orm) => listAudienceContacts(orm, testOrganizationId, audienceId, sliceOf(audienceContactOrder, { after: [id(25_000)], limit })),
      5,
    ],
    ['DIDs', (orm) => listDids(orm, testOrganizationId, sliceOf(didOrder, { after: [id(10_000)], limit })), 2],
    ['available DIDs', (orm) => listAvailableDids(orm, testOrganizationId, sliceOf(didOrder, { after: [id(10_000)], limit })), 2],
  ])('%s', async (_list, read, rowsPerItem) => {
    const statements = (await explained(api.deps.database, read)).filter(({ text }) => text.includes('limit'))
    expect(statements).toHaveLength(2)
    for (const { rowsRead, plan } of statements) expect(rowsRead, JSON.stringify(plan)).toBeLessThanOrEqual(limit * rowsPerItem)
  })
})
