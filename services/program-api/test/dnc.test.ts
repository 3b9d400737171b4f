import { toIso } from '@carillon/contracts/instant'
import { questions } from '@carillon/contracts/questions'
import { ask } from '@carillon/service-kit/messaging/questions'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importDncEntries } from '../src/import/dnc-import.ts'
import { importLimits } from '../src/import/import-limits.ts'
import { type Api, type Call, openApi, refusal, stranger } from './support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const nowhere = '018f0000-0000-7000-8000-0000000000ff'
const inOrganization = (last: string): Call => ({ identity: { organizationId: `018f0000-0000-7000-8000-0000000000${last}` } })

interface Entry {
  id: string
  phone: string
  createdAt: string
}

async function add(body: object, call: Call = {}): Promise<Entry> {
  const answer = await api.post('/dnc', body, call)
  expect(answer.status).toBe(201)
  return answer.body as Entry
}

async function found(search: string, call: Call): Promise<string[]> {
  const { body } = await api.get(`/dnc?search=${encodeURIComponent(search)}`, call)
  return (body as { data: Entry[] }).data.map(({ phone }) => phone)
}

/** What the outbox tells of an organization's list, in order. */
async function told({ identity }: Call): Promise<unknown[]> {
  const rows = await api.database.sql<{ messages: string }[]>`select messages from outbox order by id`
  const events = rows.flatMap(({ messages }) => messages.split('\n').map((line) => JSON.parse(line.split('\t')[2] ?? '{}')))
  return events.filter((event) => event.organizationId === identity?.organizationId).map(({ type, data }) => ({ type, ...data }))
}

test('an entry is added, read and removed, and events tell of it', async () => {
  const caller = inOrganization('d1')
  const entry = await add({ phone: '06 12 34 56 78', reason: ' Asked ', expiresAt: '2030-01-01T01:00:00+01:00' }, caller)
  expect(entry).toEqual({
    id: expect.any(String),
    phone: '+212612345678',
    reason: 'Asked',
    source: 'api',
    expiresAt: '2030-01-01T00:00:00.000Z',
    createdAt: expect.any(String),
  })
  expect((await api.get(`/dnc/${entry.id}`, { ...caller, role: 'supervisor' })).body).toEqual(entry)
  expect(refusal(await api.get(`/dnc/${entry.id}`, stranger))).toEqual([404, 'DncEntryNotFoundError'])
  expect(refusal(await api.delete(`/dnc/${entry.id}`, undefined, stranger))).toEqual([404, 'DncEntryNotFoundError'])
  expect(await api.delete(`/dnc/${entry.id}`, undefined, caller)).toEqual({ status: 204, body: undefined })
  expect(refusal(await api.delete(`/dnc/${entry.id}`, undefined, caller))).toEqual([404, 'DncEntryNotFoundError'])
  expect(await told(caller)).toEqual([
    { type: 'dnc.added', entries: [{ phone: '+212612345678', expiresAt: '2030-01-01T00:00:00.000Z' }] },
    { type: 'dnc.removed', phones: ['+212612345678'] },
  ])
})

test('the same number again keeps its entry, with the new reason, source and expiry', async () => {
  const caller = inOrganization('d2')
  const first = await add({ phone: '0612345678', reason: 'A', source: 'crm', expiresAt: '2030-01-01T00:00:00Z' }, caller)
  expect(await add({ phone: '+212612345678', reason: null }, caller)).toEqual({ ...first, reason: null, source: 'api', expiresAt: null })
  expect((await api.get('/dnc', caller)).body).toMatchObject({ meta: { total: 1 } })
})

test('entries are found by the first digits of the number', async () => {
  const caller = inOrganization('d3')
  await add({ phone: '+212612340001' }, caller)
  await add({ phone: '+33612340002' }, caller)
  expect(await found('+2126', caller)).toEqual(['+212612340001'])
  expect(await found('336', caller)).toEqual(['+33612340002'])
  expect(await found('612', caller)).toEqual([])
  expect(refusal(await api.get('/dnc?search=a%25', caller))).toEqual([400, 'ValidationError', '/query/search'])
})

test('the list needs the role supervisor, and changing it the role admin in live mode', async () => {
  expect(refusal(await api.get('/dnc', { role: 'agent' }))).toEqual([403, 'ForbiddenError'])
  expect(refusal(await api.post('/dnc', { phone: '0612345678' }, { role: 'supervisor' }))).toEqual([403, 'ForbiddenError'])
  expect(refusal(await api.delete(`/dnc/${nowhere}`, undefined, { role: 'supervisor' }))).toEqual([403, 'ForbiddenError'])
  expect(refusal(await api.importDnc('phone\n', '', { role: 'supervisor' }))).toEqual([403, 'ForbiddenError'])
  const inTestMode: Call = { identity: { test: true } }
  expect(refusal(await api.post('/dnc', { phone: '0612345678' }, inTestMode))).toEqual([403, 'TestModeForbiddenError'])
  expect(refusal(await api.delete(`/dnc/${nowhere}`, undefined, inTestMode))).toEqual([403, 'TestModeForbiddenError'])
  expect(refusal(await api.importDnc('phone\n0612345678\n', '', inTestMode))).toEqual([403, 'TestModeForbiddenError'])
})

test.each<[string, object, string]>([
  ['a number that cannot be called', { phone: 'none' }, '/phone'],
  ['no number', {}, '/phone'],
  ['a reason that is too long', { phone: '0612345678', reason: 'x'.repeat(501) }, '/reason'],
  ['an expiry without an offset', { phone: '0612345678', expiresAt: '2030-01-01T00:00:00' }, '/expiresAt'],
  ['an unknown field', { phone: '0612345678', until: 1 }, '/until'],
])('%s is refused', async (_what, body, pointer) => {
  expect(refusal(await api.post('/dnc', body))).toEqual([400, 'ValidationError', pointer])
})

test('a file adds and updates entries, and says which rows were rejected', async () => {
  const caller = inOrganization('d4')
  await add({ phone: '0612340001', reason: 'old', expiresAt: '2030-01-01T00:00:00Z' }, caller)
  const rows = ['0612340001;new;', '0612340002;;2031-01-01T00:00:00Z', 'none;;', '0612340003;;tomorrow', '0612340002;twice;']
  const { status, body } = await api.importDnc(`phone;reason;expiresAt\n${rows.join('\n')}\n`, '?country=MA', caller)
  expect(status).toBe(200)
  expect(body).toEqual({
    rows: 5,
    added: 1,
    updated: 2,
    rejected: 2,
    rejections: [
      { line: 4, reason: 'not_a_number', message: expect.any(String), value: 'none' },
      { line: 5, reason: 'instant_expected', message: expect.stringContaining('offset'), value: 'tomorrow' },
    ],
    rejectionsTruncated: false,
  })
  const list = (await api.get('/dnc', caller)).body as { data: object[] }
  expect(list.data).toMatchObject([
    { phone: '+212612340002', reason: 'twice', expiresAt: null, source: 'import' },
    { phone: '+212612340001', reason: 'new', expiresAt: null, source: 'import' },
  ])
  expect((await told(caller)).at(-1)).toEqual({
    type: 'dnc.added',
    entries: [
      { phone: '+212612340001', expiresAt: null },
      { phone: '+212612340002', expiresAt: null },
    ],
  })
})

test.each([
  ['an empty file', ''],
  ['a file without a column of numbers', 'name\nAmina\n'],
])('%s is refused', async (_what, file) => {
  expect(refusal(await api.importDnc(file))).toEqual([400, 'ValidationError', '/headers'])
})

test('a file is written in batches: what came before a limit stays', async () => {
  const organizationId = '018f0000-0000-7000-8000-0000000000d5'
  const identity = { organizationId, role: 'admin', subject: 'user:test', country: 'MA', timezone: 'Africa/Casablanca' } as const
  const request = { identity, country: 'MA', extensions: false, requestId: 'r' }
  async function* file() {
    yield Buffer.from(`phone\n${Array.from({ length: 2_500 }, (_, row) => `06${10_000_000 + row}\n`).join('')}`)
  }
  await expect(importDncEntries(api.deps, request, file(), { ...importLimits, rows: 2_400 })).rejects.toMatchObject({
    name: 'PayloadTooLargeError',
  })
  expect((await api.get('/dnc', { identity })).body).toMatchObject({ meta: { total: 2_000 } })
  expect(await importDncEntries(api.deps, request, file())).toEqual({
    rows: 2_500,
    added: 500,
    updated: 2_000,
    rejected: 0,
    rejections: [],
  })
})

test('the list answers at once which of some numbers must not be called', async () => {
  const [ours, theirs] = ['d6', 'd7'].map(inOrganization) as [Call, Call]
  const soon = toIso(api.deps.clock.now() + 1_500)
  const { id } = await add({ phone: '+212612340001' }, ours)
  await add({ phone: '+212612340002', expiresAt: soon }, ours)
  await add({ phone: '+212612340003' }, theirs)
  const numbers = [ours, theirs].flatMap(({ identity }) =>
    ['1', '2', '3', '4'].map((digit) => ({ organizationId: identity?.organizationId ?? '', phone: `+21261234000${digit}` })),
  )
  const listed = async () => (await ask(api.nats.connection, questions.doNotCall, { numbers })).listed
  expect(await listed()).toEqual([0, 1, 6])
  await eventually(async () => expect(await listed()).toEqual([0, 6]))
  expect(await api.delete(`/dnc/${id}`, undefined, ours)).toMatchObject({ status: 204 })
  expect(await listed()).toEqual([6])
})
