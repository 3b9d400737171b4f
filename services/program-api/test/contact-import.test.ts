import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi, refusal, stranger } from './support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

interface Result {
  importId: string
  audienceId?: string
  rows: number
  created: number
  updated: number
  duplicates: number
  rejected: number
  rejections: { line: number; reason: string; value: string }[]
  warnings: { line: number; column: string | null; reason: string; value: string }[]
}

interface Person {
  phone: string
  firstName: string | null
  lastName: string | null
  attributes: Record<string, unknown>
}

let organizations = 0
/** An organization that has nothing yet. */
function organization() {
  const organizationId = `018f0000-0000-7000-8000-${String(++organizations).padStart(12, '0')}`
  const caller = { identity: { organizationId } }
  return {
    caller,
    async import(file: string | Buffer, query = '') {
      const answer = await api.importFile(file, query, caller)
      expect(answer.status).toBe(200)
      const result = answer.body as Result
      expect(result.rows).toBe(result.created + result.updated + result.duplicates + result.rejected)
      return result
    },
    async contacts(query = 'limit=1000') {
      const { body } = await api.get(`/contacts?${query}`, caller)
      return (body as { data: Person[] }).data.toReversed().map(({ phone, firstName, lastName, attributes }) => ({
        phone,
        firstName,
        lastName,
        attributes,
      }))
    },
  }
}

const person = (phone: string, firstName: string | null = null, lastName: string | null = null, attributes = {}): Person => ({
  phone,
  firstName,
  lastName,
  attributes,
})

test('a clean file becomes contacts with names and attributes of inferred types', async () => {
  const { import: importFile, contacts, caller } = organization()
  const result = await importFile(
    'Téléphone;Prénom;Nom;Ville;Crédit;VIP;Échéance;Code\n0612345678;Ahmed;Benali;Fès;1 250,50;oui;20/03/2026;007\n+33612345678;Zoé;;;0;non;;12\n',
  )
  expect(result).toMatchObject({ rows: 2, created: 2, updated: 0, duplicates: 0, rejected: 0, rejections: [], warnings: [] })
  expect(await contacts()).toEqual([
    person('+212612345678', 'Ahmed', 'Benali', { ville: 'Fès', credit: 1250.5, vip: true, echeance: '2026-03-20', code: '007' }),
    person('+33612345678', 'Zoé', null, { credit: 0, vip: false, code: '12' }),
  ])
  const attributes = (await api.get('/custom-attributes', caller)).body as { slug: string; displayName: string; type: string }[]
  expect(attributes.toReversed().map(({ slug, displayName, type }) => [slug, displayName, type])).toEqual([
    ['ville', 'Ville', 'text'],
    ['credit', 'Crédit', 'number'],
    ['vip', 'VIP', 'boolean'],
    ['echeance', 'Échéance', 'date'],
    ['code', 'Code', 'text'],
  ])
})

describe('a dirty file', () => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
  const latin1 = (text: string) => Buffer.from(text, 'latin1')
  const two = [person('+212612345678', 'Zoé', 'B'), person('+212612345679', 'Ali')]

  test.each<[string, string | Buffer]>([
    ['with a byte-order mark', '\ufeffphone,first name,last name\n0612345678,Zoé,B\n0612345679,Ali,\n'],
    ['with semicolons and CRLF', 'phone;first name;last name\r\n0612345678;Zoé;B\r\n0612345679;Ali\r\n'],
    ['with tabs and CR', 'phone\tfirst name\tlast name\r0612345678\tZoé\tB\r0612345679\tAli\t'],
    ['with bars', 'phone|first name|last name\n0612345678|Zoé|B\n0612345679|Ali|'],
    ['in Latin-1', latin1('phone;prénom;nom\n0612345678;Zoé;B\n0612345679;Ali;\n')],
    ['in UTF-16', utf16('phone;prénom;nom\n0612345678;Zoé;B\n0612345679;Ali;\n')],
    ['with blank lines', '\n\nphone;prénom;nom\n\n0612345678;Zoé;B\n;;\n  \n0612345679;Ali;\n\n'],
    ['with empty columns at the end', 'phone;prénom;nom;;;\n0612345678;Zoé;B;;;\n0612345679;Ali;;;;;;\n'],
    ['with NUL bytes', 'phone;pré\0nom;nom\n0612345678;Z\0oé;B\n0612345679;Ali;\0\n'],
    ['with quotes and quoted line breaks', '"phone";"prénom";"nom"\n"0612345678";"Zoé";"B\r\n"\n"0612345679";"Ali";""\n'],
    ['that names its delimiter', 'sep=;\nphone;prénom;nom\n0612345678;Zoé;B\n0612345679;Ali;\n'],
  ])('%s is read', async (_name, file) => {
    const { import: importFile, contacts } = organization()
    expect(await importFile(file)).toMatchObject({ rows: 2, created: 2, rejected: 0, rejections: [], warnings: [] })
    expect(await contacts()).toEqual(two)
  })

  test('gives every good row, and reports the line and the reason of every bad one', async () => {
    const { import: importFile, contacts } = organization()
    const result = await importFile(
      [
        'phone;name;note;note',
        '0612345678;Ahmed;"two\nlines";x',
        ';Nobody;;',
        '0612345679;"Ben "Ali" Said";;',
        'abc;Letters;;',
        '06123;Short;;',
        '2,12612E+11;Excel;;',
        '06 12 34 56 78;Again;;',
        '"0612345680;Unclosed;;',
        '0612345681;Last;a;b;c',
      ].join('\n'),
    )
    expect(result).toMatchObject({ rows: 9, created: 4, updated: 0, duplicates: 1, rejected: 4 })
    expect(result.rejections.map(({ line, reason, value }) => [line, reason, value])).toEqual([
      [4, 'empty', ''],
      [6, 'not_a_number', 'abc'],
      [7, 'too_short', '06123'],
      [8, 'digits_lost', '2,12612E+11'],
    ])
    expect(result.warnings.map(({ line, reason, value }) => [line, reason, value])).toEqual([
      [10, 'stray_quote', '"0612345680 Unclosed  '],
      [11, 'no_header', 'c'],
    ])
    expect(await contacts()).toEqual([
      person('+212612345678', 'Ahmed', null, { note: 'two\nlines', note_2: 'x' }),
      person('+212612345679', 'Ben', '"Ali" Said'),
      person('+212612345680', 'Unclosed'),
      person('+212612345681', 'Last', null, { note: 'a', note_2: 'b' }),
    ])
  })
})

test('a value that does not fit its attribute is dropped, and its row is imported', async () => {
  const { import: importFile, contacts, caller } = organization()
  await api.post('/custom-attributes', { displayName: 'Credit', type: 'number' }, caller)
  const result = await importFile('phone,Credit\n0612345678,lots\n0612345679,5\n')
  expect(result).toMatchObject({ created: 2, rejected: 0, warned: 1 })
  expect(result.warnings).toEqual([
    { line: 2, column: 'Credit', reason: 'number_expected', message: 'this is not a number', value: 'lots' },
  ])
  expect(await contacts()).toEqual([person('+212612345678'), person('+212612345679', null, null, { credit: 5 })])
})

test('types are inferred from the first 1000 rows; a later value that does not fit is reported', async () => {
  const { import: importFile } = organization()
  const rows = Array.from({ length: 1_001 }, (_, index) => `06${10_000_000 + index},${index < 1_000 ? index : 'x'}`)
  expect(await importFile(`phone,score\n${rows.join('\n')}`)).toMatchObject({
    created: 1_001,
    warnings: [{ line: 1_002, column: 'score', value: 'x' }],
  })
})

test('the same file again updates all contacts and creates none; empty cells change nothing', async () => {
  const { import: importFile, contacts } = organization()
  await importFile('phone,first name,city,level\n0612345678,Ahmed,Fès,1\n')
  expect(await importFile('phone,first name,city\n0612345678,,Rabat\n0612345678,Other,Other')).toMatchObject({
    rows: 2,
    created: 0,
    updated: 1,
    duplicates: 1,
  })
  expect(await contacts()).toEqual([person('+212612345678', 'Ahmed', null, { city: 'Rabat', level: 1 })])
})

test('the first row of a number wins, wherever the next one is', async () => {
  const { import: importFile, contacts } = organization()
  const others = Array.from({ length: 2_500 }, (_, index) => `06${10_000_000 + index},Other`)
  const result = await importFile(`phone,first name\n0712345678,First\n${others.join('\n')}\n+212712345678,Second\n`)
  expect(result).toMatchObject({ rows: 2_502, created: 2_501, updated: 0, duplicates: 1 })
  expect(await contacts('search=712345678')).toEqual([person('+212712345678', 'First')])
})

test('two imports of the same people at the same time create each contact once', async () => {
  const { import: importFile, caller } = organization()
  const rows = Array.from({ length: 5_000 }, (_, index) => `06${10_000_000 + index};${index};x`)
  const results = await Promise.all([
    importFile(`phone;a;b\n${rows.join('\n')}`, '?audienceName=Both'),
    importFile(`phone;b;a\n${rows.toReversed().join('\n')}`, '?audienceName=Both'),
  ])
  expect(results.reduce((sum, { created }) => sum + created, 0)).toBe(5_000)
  expect(results.map(({ created, updated }) => created + updated)).toEqual([5_000, 5_000])
  expect((await api.get('/audiences', caller)).body).toMatchObject({ data: [{ name: 'Both', size: 5_000 }] })
})

describe('numbers', () => {
  test('are read with the country of the request, else of the organization', async () => {
    const { import: importFile, contacts } = organization()
    await importFile('phone\n0612345678\n')
    await importFile('phone\n0612345678\n', '?country=FR')
    expect((await contacts()).map(({ phone }) => phone)).toEqual(['+212612345678', '+33612345678'])
  })

  test('may be extensions if the request allows them', async () => {
    const { import: importFile } = organization()
    expect(await importFile('phone\n6001\n')).toMatchObject({ rejected: 1 })
    expect(await importFile('phone\n6001\n', '?extensions=true')).toMatchObject({ created: 1 })
  })
})

describe('an audience', () => {
  test('given by name is created, and used again the next time', async () => {
    const { import: importFile, caller } = organization()
    const first = await importFile('phone\n0612345678\n0612345679\n', '?audienceName=June')
    const second = await importFile('phone\n0612345679\n0612345680\n', '?audienceName=June')
    expect(second.audienceId).toBe(first.audienceId)
    expect((await api.get('/audiences', caller)).body).toMatchObject({ data: [{ id: first.audienceId, name: 'June', size: 3 }] })
  })

  test('given by id gets all contacts of the file, also those that existed before', async () => {
    const { import: importFile, caller } = organization()
    await importFile('phone\n0612345678\n')
    const { id } = (await api.post('/audiences', { name: 'A' }, caller)).body as { id: string }
    expect(await importFile('phone\n0612345678\n0612345679\n', `?audienceId=${id}`)).toMatchObject({
      audienceId: id,
      created: 1,
      updated: 1,
    })
    expect((await api.get(`/audiences/${id}`, caller)).body).toMatchObject({ size: 2 })
  })

  test('of another organization is refused like one that does not exist', async () => {
    const { id } = (await api.post('/audiences', { name: 'A' }, stranger)).body as { id: string }
    const { caller, contacts } = organization()
    expect(refusal(await api.importFile('phone\n0612345678\n', `?audienceId=${id}`, caller))).toEqual([404, 'AudienceNotFoundError'])
    expect(await contacts()).toEqual([])
  })
})

describe('a request is refused', () => {
  test.each<[string, string, string | Buffer, unknown[]]>([
    ['without a phone column', '', 'name,city\nAhmed,Fès\n', [400, 'ValidationError', '/headers']],
    ['with an empty file', '', '', [400, 'ValidationError', '/headers']],
    ['with only blank lines', '', '\n\n \n', [400, 'ValidationError', '/headers']],
    ['with an endless header', '', 'x'.repeat(200_000), [400, 'ValidationError', '/headers']],
    [
      'with something that is no text',
      '',
      Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 37) % 256)),
      [400, 'ValidationError', '/headers'],
    ],
    ['with too many columns', '', `phone${',x'.repeat(500)}\n`, [400, 'ValidationError', '/headers']],
    ['with an invalid country', '?country=Morocco', 'phone\n', [400, 'ValidationError', '/query/country']],
    ['with an invalid audience id', '?audienceId=5', 'phone\n', [400, 'ValidationError', '/query/audienceId']],
    [
      'with two audiences',
      '?audienceName=a&audienceId=018f0000-0000-7000-8000-000000000001',
      'phone\n',
      [400, 'ValidationError', '/query/audienceName'],
    ],
    ['with a NUL character in the name', '?audienceName=%00', 'phone\n', [400, 'ValidationError', '/query/audienceName']],
    ['with an unknown setting', '?delimiter=x', 'phone\n', [400, 'ValidationError', '/query/delimiter']],
  ])('%s', async (_name, query, file, expected) => {
    const { caller } = organization()
    expect(refusal(await api.importFile(file, query, caller))).toEqual(expected)
    expect((await api.get('/audiences', caller)).body).toMatchObject({ data: [] })
  })

  test('with a content type that is not a file', async () => {
    expect((await api.importFile('{}', '', { headers: { 'content-type': 'application/json' } })).status).toBe(415)
    expect((await api.importFile('a=b', '', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(415)
  })

  test('from a user who may not change contacts', async () => {
    expect(refusal(await api.importFile('phone\n', '', { role: 'supervisor' }))).toEqual([403, 'ForbiddenError'])
  })
})

describe('the result of an import', () => {
  test('can be read later, page by page, only by its organization', async () => {
    const { import: importFile, caller } = organization()
    const rows = Array.from({ length: 30 }, (_, index) => `x${index},a,b`)
    const { importId } = await importFile(`phone,score\n${rows.join('\n')}\n0612345678,1,extra`)
    expect((await api.get(`/contacts/imports/${importId}`, caller)).body).toMatchObject({
      status: 'completed',
      rows: 31,
      rejected: 30,
      warned: 1,
    })
    const page = (await api.get(`/contacts/imports/${importId}/rejections?page=2&limit=20`, caller)).body as Page
    expect(page.meta).toEqual({ page: 2, limit: 20, total: 30, totalPages: 2, nextCursor: null })
    expect(page.data[0]).toEqual({ line: 22, reason: 'not_a_number', message: 'this is not a phone number', value: 'x20' })
    expect(((await api.get(`/contacts/imports/${importId}/warnings`, caller)).body as Page).data).toHaveLength(1)
    for (const path of ['', '/rejections', '/warnings']) {
      expect(refusal(await api.get(`/contacts/imports/${importId}${path}`, stranger))).toEqual([404, 'ImportNotFoundError'])
    }
  })

  interface Page {
    data: unknown[]
    meta: unknown
  }
})
