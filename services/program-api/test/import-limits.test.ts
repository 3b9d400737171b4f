import { afterAll, beforeAll, expect, test } from 'vitest'
import { importContacts } from '../src/import/contact-import.ts'
import { importLimits } from '../src/import/import-limits.ts'
import { type Api, openApi } from './support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const organizationId = '018f0000-0000-7000-8000-0000000000aa'
const request = {
  identity: { organizationId, role: 'admin', subject: 'user:test', country: 'MA', timezone: 'Africa/Casablanca' } as const,
  audience: null,
  country: 'MA',
  extensions: false,
}
async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}
const someRows = (count: number) => Array.from({ length: count }, (_, index) => `06${10_000_000 + index}\n`).join('')

test.each([
  ['rows', { ...importLimits, rows: 2 }],
  ['bytes', { ...importLimits, bytes: 20 }],
])('a file with too many %s is refused as too large', async (_title, limits) => {
  await expect(importContacts(api.deps, request, pieces('phone\n', someRows(3)), limits)).rejects.toMatchObject({
    kind: 'too_large',
    name: 'PayloadTooLargeError',
  })
  await importContacts(api.deps, request, pieces('phone\n', someRows(2)), { ...importLimits, rows: 2 })
})

test('an organization imports a few files at a time, and as many again when they have ended', async () => {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function* slow() {
    yield Buffer.from('phone\n')
    await ended
    yield Buffer.from(someRows(1))
  }
  const limits = { ...importLimits, atOnce: 2 }
  const running = [importContacts(api.deps, request, slow(), limits), importContacts(api.deps, request, slow(), limits)]
  const one = () => importContacts(api.deps, request, pieces('phone\n', someRows(1)), limits)
  await expect(one()).rejects.toMatchObject({ kind: 'too_many', name: 'TooManyRequestsError' })
  end()
  await Promise.all(running)
  await one()
})

test('a row is rejected whose attributes are too large, alone or with those that the contact has', async () => {
  const header = (first: number, count: number) =>
    ['phone', ...Array.from({ length: count }, (_, index) => `note ${first + index}`)].join(';')
  const row = (phone: string, count: number) => [phone, ...Array(count).fill('x'.repeat(2_000))].join(';')
  const first = await api.importFile(`${header(0, 31)}\n${row('0612345678', 31)}\n`)
  expect(first.body).toMatchObject({ created: 1, rejected: 0 })
  const second = await api.importFile(`${header(31, 31)}\n${row('0612345678', 31)}\n${row('0612345679', 1)}\n`)
  expect(second.body).toMatchObject({
    rows: 2,
    created: 1,
    updated: 0,
    duplicates: 0,
    rejected: 1,
    rejections: [{ line: 2, reason: 'attributes_too_large', value: '+212612345678' }],
  })
  const { body } = await api.get('/contacts?search=612345678')
  const [contact] = (body as { data: { attributes: object }[] }).data
  expect(Object.keys(contact?.attributes ?? {})).toHaveLength(31)
  const accented = await api.importFile(`${header(0, 30)}\n${['0612345670', ...Array(30).fill('€'.repeat(2_000))].join(';')}\n`)
  expect(accented.body).toMatchObject({ rejected: 1, rejections: [{ reason: 'attributes_too_large' }] })
})

test('a flow graph that does not fit into one message between services is refused', async () => {
  const say = (index: number) => ({ id: `say_${index}`, type: 'say', config: { text: 'x'.repeat(4_000) } })
  const says = Array.from({ length: 80 }, (_, index) => say(index))
  const nodes = [{ id: 'dial', type: 'dial', config: { timeoutMs: 30_000 } }, ...says]
  const edges = says.map(({ id }, index) => ({
    source: index === 0 ? 'dial' : `say_${index - 1}`,
    output: index === 0 ? 'onAnswer' : 'onComplete',
    target: id,
  }))
  const answer = await api.post('/flows', { name: 'Long', graph: { nodes, edges } })
  expect(answer).toMatchObject({ status: 400, body: { details: [{ pointer: '/graph' }] } })
})
