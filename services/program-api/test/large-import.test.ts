import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, openApi } from './support/api.ts'

let api: Api
let url: string
beforeAll(async () => {
  api = await openApi()
  url = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.close())

const rowCount = 200_000
const fileMegabytes = 100

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Memory in use, without garbage. */
function heldMegabytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

/** Rows of half a kilobyte, generated while they are sent. One in a hundred is bad, and one in a hundred repeats the number of the next row. */
async function* rows(every20000: () => void) {
  const note = 'x'.repeat((fileMegabytes * 1e6) / rowCount - 20)
  yield new TextEncoder().encode('phone;note\n')
  for (let start = 0; start < rowCount; start += 500) {
    if (start % 20_000 === 0) every20000()
    let text = ''
    for (let row = start; row < start + 500; row++) {
      const number = row % 100 === 7 ? 'none' : `06${10_000_000 + (row % 100 === 8 ? row + 1 : row)}`
      text += `${number};${note}\n`
    }
    yield new TextEncoder().encode(text)
  }
}

test('the memory of an import does not grow with the file', { timeout: 120_000 }, async () => {
  const heldBefore = heldMegabytes()
  const held: number[] = []
  // fetch would keep a copy of the body in case of a redirect.
  const upload = request(`${url}/contacts/import`, { method: 'POST', headers: { ...(await api.as('admin')), 'content-type': 'text/csv' } })
  const [[reply]] = await Promise.all([
    once(upload, 'response'),
    pipeline(
      rows(() => held.push(heldMegabytes())),
      upload,
    ),
  ])
  expect(await json(reply)).toMatchObject({
    rows: rowCount,
    created: 196_000,
    duplicates: 2_000,
    rejected: 2_000,
    rejectionsTruncated: false,
  })
  expect(held).toHaveLength(10)
  expect(Math.max(...held) - heldBefore).toBeLessThan(fileMegabytes / 3)
})

test('a refusal in the middle of an upload reaches the client', async () => {
  const reply = await fetch(`${url}/contacts/import`, {
    method: 'POST',
    headers: { ...(await api.as('admin')), 'content-type': 'text/csv' },
    body: `name;city\n${'Ahmed;Fès\n'.repeat(500_000)}`,
  })
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer: '/headers' }] })
})

test('an interrupted upload leaves whole batches, and the same file again completes them', async () => {
  const caller = { identity: { organizationId: '018f0000-0000-7000-8000-00000000000d' } }
  const file = `phone\n${Array.from({ length: 3_500 }, (_, row) => `06${10_000_000 + row}\n`).join('')}`
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const headers = Object.entries(await api.as('admin', caller.identity)).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(
    `POST /contacts/import HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\n${headers.join('')}content-length: ${file.length}\r\n\r\n${file.slice(0, 30_000)}`,
  )
  await eventually(async () => expect((await api.get('/contacts', caller)).body).toMatchObject({ meta: { total: 2_000 } }))
  socket.destroy()
  await eventually(async () => {
    const [row] = await api.database
      .sql`select status, rows, created from contact_imports where organization_id = ${caller.identity.organizationId}`
    expect(row).toEqual({ status: 'failed', rows: 2_000, created: 2_000 })
  })
  expect((await api.importFile(file, '', caller)).body).toMatchObject({ rows: 3_500, created: 1_500, updated: 2_000 })
})
