import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi, refusal, stranger } from './support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const nowhere = '018f0000-0000-7000-8000-0000000000ff'

interface Identified {
  id: string
}

let numbers = 0
const phone = () => `+2126${String(10_000_000 + ++numbers)}`

async function created(url: string, body: object, call = {}): Promise<Identified & Record<string, unknown>> {
  const answer = await api.post(url, body, call)
  expect(answer.status).toBe(201)
  return answer.body as Identified & Record<string, unknown>
}

describe('contacts', () => {
  test('are created, read, changed and deleted', async () => {
    await created('/custom-attributes', { displayName: 'Échéance', type: 'date' })
    await created('/custom-attributes', { displayName: 'Score', type: 'number' })
    const contact = await created('/contacts', {
      phone: '06 99 99 99 99',
      firstName: ' Ahmed ',
      lastName: '',
      attributes: { echeance: '2026-03-20T10:00:00+01:00', score: 1.5 },
    })
    expect(contact).toEqual({
      id: expect.any(String),
      phone: '+212699999999',
      firstName: 'Ahmed',
      lastName: null,
      attributes: { echeance: '2026-03-20T09:00:00.000Z', score: 1.5 },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: contact.createdAt,
    })
    expect((await api.get(`/contacts/${contact.id}`, { role: 'supervisor' })).body).toEqual(contact)

    const changed = await api.patch(`/contacts/${contact.id}`, { firstName: null, attributes: { score: null } })
    expect(changed.body).toMatchObject({ phone: '+212699999999', firstName: null, attributes: { echeance: '2026-03-20T09:00:00.000Z' } })
    expect((changed.body as { attributes: object }).attributes).not.toHaveProperty('score')

    const { id: audienceId } = await created('/audiences', { name: 'A' })
    await api.post(`/audiences/${audienceId}/contacts`, { contactIds: [contact.id] })
    expect(await api.delete(`/contacts/${contact.id}`)).toEqual({ status: 204, body: undefined })
    expect(refusal(await api.get(`/contacts/${contact.id}`))).toEqual([404, 'ContactNotFoundError'])
    expect((await api.get(`/audiences/${audienceId}`)).body).toMatchObject({ size: 0 })
  })

  test('are found by a part of the number or of the name, with any characters in the search', async () => {
    const caller = { identity: { organizationId: '018f0000-0000-7000-8000-00000000000c' } }
    await created('/contacts', { phone: '+212612340001', firstName: 'Zoé', lastName: '100%' }, caller)
    await created('/contacts', { phone: '+212612340002', firstName: 'Ali' }, caller)
    const found = async (search: string) => {
      const { body } = await api.get(`/contacts?search=${encodeURIComponent(search)}`, caller)
      return (body as { data: { firstName: string }[] }).data.map(({ firstName }) => firstName)
    }
    expect(await found('612340002')).toEqual(['Ali'])
    expect(await found('+212 6 12 34')).toEqual(['Ali', 'Zoé'])
    expect(await found('zoé 1')).toEqual(['Zoé'])
    expect(await found('0%')).toEqual(['Zoé'])
    expect(await found('_')).toEqual([])
    expect(await found("'; drop table contacts")).toEqual([])
  })

  test('are unique by number within an organization', async () => {
    const number = phone()
    const other = await created('/contacts', { phone: phone() })
    await created('/contacts', { phone: number })
    expect(refusal(await api.post('/contacts', { phone: number }))).toEqual([409, 'ContactAlreadyExistsError'])
    expect(refusal(await api.patch(`/contacts/${other.id}`, { phone: number }))).toEqual([409, 'ContactAlreadyExistsError'])
    await created('/contacts', { phone: number }, stranger)
  })

  test.each<[object | undefined, unknown[]]>([
    [undefined, ['']],
    [{}, ['/phone']],
    [{ phone: '' }, ['/phone']],
    [{ phone: 'abc' }, ['/phone']],
    [{ phone: '6001' }, ['/phone']],
    [{ phone: 612345678 }, ['/phone']],
    [{ phone: '+212612345678', firstName: 'a\0' }, ['/firstName']],
    [{ phone: '+212612345678', firstName: '\ud800' }, ['/firstName']],
    [{ phone: '+212612345678', lastName: 'x'.repeat(201) }, ['/lastName']],
    [{ phone: '+212612345678', surname: 'x' }, ['/surname']],
    [{ phone: '+212612345678', attributes: { unknown: 1 } }, ['/attributes/unknown']],
    [{ phone: '+212612345678', attributes: { score: 'x', echeance: '20/03/2026' } }, ['/attributes/score', '/attributes/echeance']],
    [{ phone: '+212612345678', attributes: { score: { a: 1 } } }, ['/attributes/score']],
  ])('cannot be created by %j', async (body, pointers) => {
    expect(refusal(await api.post('/contacts', body))).toEqual([400, 'ValidationError', ...pointers])
  })

  test('may have a trunk extension if the request allows it', async () => {
    expect(await created('/contacts?extensions=true', { phone: '6001' })).toMatchObject({ phone: '6001' })
  })
})

describe('custom attributes', () => {
  test('are created, and deleted with their values', async () => {
    const attribute = await created('/custom-attributes', { displayName: 'Ville préférée', type: 'text' })
    expect(attribute).toMatchObject({ slug: 'ville_preferee', displayName: 'Ville préférée', type: 'text' })
    const contact = await created('/contacts', { phone: phone(), attributes: { ville_preferee: 'Fès' } })
    expect(refusal(await api.delete(`/custom-attributes/${attribute.id}`, undefined, stranger))).toEqual([
      404,
      'CustomAttributeNotFoundError',
    ])
    expect((await api.delete(`/custom-attributes/${attribute.id}`)).status).toBe(204)
    expect((await api.get(`/contacts/${contact.id}`)).body).toMatchObject({ attributes: {} })
    expect(refusal(await api.delete(`/custom-attributes/${attribute.id}`))).toEqual([404, 'CustomAttributeNotFoundError'])
  })

  test('are unique by slug within an organization', async () => {
    await created('/custom-attributes', { displayName: 'Twice', type: 'text' })
    expect(refusal(await api.post('/custom-attributes', { displayName: 'TWICE', type: 'number' }))).toEqual([
      409,
      'CustomAttributeAlreadyExistsError',
    ])
  })

  test.each<[object, string[]]>([
    [{ displayName: ' ', type: 'text' }, ['/displayName']],
    [{ displayName: 'x', type: 'json' }, ['/type']],
    [{ displayName: 'x', type: 'text', slug: 'a b' }, ['/slug']],
    [{ type: 'text' }, ['/displayName']],
  ])('cannot be created by %j', async (body, pointers) => {
    expect(refusal(await api.post('/custom-attributes', body))).toEqual([400, 'ValidationError', ...pointers])
  })
})

describe('audiences', () => {
  test('add a contact once, list the newest contact first, and remove them', async () => {
    const { id } = await created('/audiences', { name: ' June ' })
    const contactIds: string[] = []
    for (let count = 0; count < 3; count++) contactIds.push((await created('/contacts', { phone: phone() })).id)
    expect((await api.post(`/audiences/${id}/contacts`, { contactIds })).body).toEqual({ added: 3, size: 3 })
    expect((await api.post(`/audiences/${id}/contacts`, { contactIds: [...contactIds, ...contactIds] })).body).toEqual({
      added: 0,
      size: 3,
    })
    const page = (await api.get(`/audiences/${id}/contacts?page=2&limit=2`)).body as { data: Identified[]; meta: object }
    expect(page.meta).toEqual({ page: 2, limit: 2, total: 3, totalPages: 2, nextCursor: null })
    expect(page.data.map((contact) => contact.id)).toEqual([contactIds.toSorted()[0]])
    expect((await api.delete(`/audiences/${id}/contacts`, { contactIds: contactIds.slice(1) })).body).toEqual({ removed: 2, size: 1 })
    expect((await api.patch(`/audiences/${id}`, { name: 'July' })).body).toMatchObject({ id, name: 'July', size: 1 })
    expect((await api.delete(`/audiences/${id}`)).status).toBe(204)
    expect(refusal(await api.get(`/audiences/${id}`))).toEqual([404, 'AudienceNotFoundError'])
  })

  test('refuse a contact of another organization, and then add none of the others', async () => {
    const { id } = await created('/audiences', { name: 'A' })
    const mine = await created('/contacts', { phone: phone() })
    const theirs = await created('/contacts', { phone: phone() }, stranger)
    const answer = await api.post(`/audiences/${id}/contacts`, { contactIds: [mine.id, theirs.id, nowhere] })
    expect(refusal(answer)).toEqual([400, 'ValidationError', '/contactIds/1', '/contactIds/2'])
    expect((await api.get(`/audiences/${id}`)).body).toMatchObject({ size: 0 })
  })
})

describe('DIDs', () => {
  test('are added, deactivated, activated and deleted', async () => {
    const did = await created('/dids', { number: '05 00 00 00 01' })
    expect(did).toMatchObject({ number: '+212500000001', country: 'MA', status: 'active' })
    const available = async (call = {}) => ((await api.get('/dids/available', call)).body as Identified[]).map(({ id }) => id)
    expect(await available()).toContain(did.id)
    expect((await api.patch(`/dids/${did.id}`, { status: 'inactive' })).body).toMatchObject({ status: 'inactive' })
    expect(await available()).not.toContain(did.id)
    expect((await api.get(`/dids/${did.id}`)).body).toMatchObject({ status: 'inactive' })
    expect(refusal(await api.get(`/dids/${did.id}`, stranger))).toEqual([404, 'DidNotFoundError'])
    expect(await available(stranger)).not.toContain(did.id)
    expect((await api.delete(`/dids/${did.id}`)).status).toBe(204)
    expect(refusal(await api.get(`/dids/${did.id}`))).toEqual([404, 'DidNotFoundError'])
  })

  test('of the platform are open to every organization, and only platform administrators change them', async () => {
    const shared = { number: '+33123456789', platformWide: true }
    expect(refusal(await api.post('/dids', shared))).toEqual([403, 'ForbiddenError'])
    const did = await created('/dids', shared, { role: 'platform_admin' })
    expect(did).toMatchObject({ organizationId: null, country: 'FR' })
    expect((await api.get('/dids/available', stranger)).body).toContainEqual(did)
    expect(refusal(await api.patch(`/dids/${did.id}`, { status: 'inactive' }))).toEqual([403, 'ForbiddenError'])
    expect(refusal(await api.delete(`/dids/${did.id}`))).toEqual([403, 'ForbiddenError'])
    expect((await api.delete(`/dids/${did.id}`, undefined, { role: 'platform_admin' })).status).toBe(204)
  })

  test('are unique by number within an organization', async () => {
    await created('/dids', { number: '+212500000002' })
    expect(refusal(await api.post('/dids', { number: '0500000002' }))).toEqual([409, 'DidAlreadyExistsError'])
    await created('/dids', { number: '+212500000002' }, stranger)
  })

  test.each<[object, string]>([
    [{ number: 'abc' }, '/number'],
    [{ number: '6001' }, '/number'],
    [{ number: '+212500000009', country: 'Maroc' }, '/country'],
    [{}, '/number'],
  ])('cannot be added by %j', async (body, pointer) => {
    expect(refusal(await api.post('/dids', body))).toEqual([400, 'ValidationError', pointer])
  })
})

describe('every creating POST', () => {
  const graph = { nodes: [{ id: 'd', type: 'dial', config: {} }], edges: [] }

  test.each<[string, object, object]>([
    ['/contacts', { phone: '+212677777777' }, { phone: '+212677777778' }],
    ['/custom-attributes', { displayName: 'Once', type: 'text' }, { displayName: 'Once more', type: 'text' }],
    ['/audiences', { name: 'Once' }, { name: 'Twice' }],
    ['/flows', { name: 'Once', graph }, { name: 'Twice', graph }],
    ['/dnc', { phone: '+212677777777' }, { phone: '+212677777778' }],
    ['/dids', { number: '+212500000077' }, { number: '+212500000078' }],
  ])('%s gives one answer to one key and body, and refuses the key with another', async (url, body, other) => {
    const call = { headers: { 'idempotency-key': `key-of-${url}` } }
    const [first, second] = await Promise.all([api.post(url, body, call), api.post(url, body, call)])
    expect(first.status).toBe(201)
    expect(second).toEqual(first)
    expect(refusal(await api.post(url, other, call))).toEqual([409, 'IdempotencyConflictError'])
    expect(refusal(await api.post(url, body, { headers: { 'idempotency-key': '' } }))).toEqual([
      400,
      'ValidationError',
      '/headers/idempotency-key',
    ])
  })
})

describe('every route', () => {
  const reading = ['/contacts', '/custom-attributes', '/audiences', '/flows', '/dids', '/dids/available', '/dnc', '/programs']

  test.each(reading)('GET %s needs the role supervisor', async (url) => {
    expect((await api.get(url, { role: 'supervisor' })).status).toBe(200)
    expect(refusal(await api.get(url, { role: 'agent' }))).toEqual([403, 'ForbiddenError'])
    expect((await api.app.inject({ method: 'GET', url })).statusCode).toBe(401)
  })

  test.each(['/contacts', '/custom-attributes', '/audiences', '/flows', '/dids', '/dnc', '/programs'])(
    'POST %s needs the role admin',
    async (url) => {
      expect(refusal(await api.post(url, {}, { role: 'supervisor' }))).toEqual([403, 'ForbiddenError'])
    },
  )

  test.each<[string, string]>([
    ['/contacts', 'ContactNotFoundError'],
    ['/audiences', 'AudienceNotFoundError'],
    ['/flows', 'FlowNotFoundError'],
    ['/dids', 'DidNotFoundError'],
    ['/programs', 'ProgramNotFoundError'],
  ])('under %s answers an unknown id with 404 and an invalid id with 400', async (url, error) => {
    expect(refusal(await api.get(`${url}/${nowhere}`))).toEqual([404, error])
    expect(refusal(await api.delete(`${url}/${nowhere}`))).toEqual([404, error])
    expect(refusal(await api.get(`${url}/5`))).toEqual([400, 'ValidationError', '/params/id'])
    expect(refusal(await api.patch(`${url}/5`, {}))).toEqual(expect.arrayContaining([400, 'ValidationError']))
  })

  test.each(['/contacts', '/audiences', '/flows', '/dids', '/dnc'])('that lists %s refuses invalid pages', async (url) => {
    expect(refusal(await api.get(`${url}?page=0`))).toEqual([400, 'ValidationError', '/query/page'])
    expect(refusal(await api.get(`${url}?limit=5000`))).toEqual([400, 'ValidationError', '/query/limit'])
    expect(refusal(await api.get(`${url}?limit=x&size=3`))).toEqual([400, 'ValidationError', '/query/limit', '/query/size'])
    expect((await api.get(`${url}?page=100&limit=1000`)).body).toMatchObject({ data: [] })
    expect(refusal(await api.get(`${url}?page=101&limit=1000`))).toEqual([400, 'ValidationError', '/query/page'])
  })

  test('is in the OpenAPI document', async () => {
    const { paths } = (await api.app.inject({ method: 'GET', url: '/openapi.json' })).json() as { paths: object }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/contacts/import', '/programs/{id}', '/flows/{id}/versions/{version}', '/audiences/{id}/contacts']),
    )
    expect(Object.keys(paths)).not.toContain('/internal/audiences/{id}/contacts')
  })
})
