import type { Asked } from '@carillon/contracts/questions'
import { questions } from '@carillon/contracts/questions'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { ask } from '@carillon/service-kit/messaging/questions'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi, refusal } from './support/api.ts'
import { createCampaign } from './support/campaign.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const organizationId = testOrganizationId
const nowhere = '018f0000-0000-7000-8000-0000000000ff'

let numbers = 0
async function campaignWithContacts(count = 1) {
  const campaign = await createCampaign(api, {}, true)
  const rows = Array.from({ length: count }, () => `+2126${20_000_000 + ++numbers},Zoé "Z",O'Neil,Fès`)
  const imported = await api.importFile(
    `phone;first name;last name;city\n${rows.join('\n').replaceAll(',', ';')}\n`,
    `?audienceId=${campaign.audienceId}`,
  )
  expect(imported.body).toMatchObject({ created: count })
  return campaign
}

describe('the note of a launch', () => {
  const note = (asked: Asked<typeof questions.noteLaunch>) => ask(api.nats.connection, questions.noteLaunch, asked)
  const statusOf = async (id: string) => ((await api.get(`/programs/${id}`)).body as { status: string }).status

  test('makes a program active at once, and may come twice', async () => {
    const { program } = await campaignWithContacts()
    const launch = { organizationId, programId: program.id, executionId: uuidv7(Date.now()), test: false }
    expect(await statusOf(program.id)).toBe('draft')
    for (const asked of [launch, launch]) await note(asked)
    expect(await statusOf(program.id)).toBe('active')
  })

  test('leaves a program a draft in test mode, and prevents its deletion', async () => {
    const { program } = await campaignWithContacts()
    await note({ organizationId, programId: program.id, executionId: uuidv7(Date.now()), test: true })
    expect(await statusOf(program.id)).toBe('draft')
    expect((await api.delete(`/programs/${program.id}`)).status).toBe(409)
  })

  test('is refused for a program of another organization, and changes nothing', async () => {
    const { program } = await campaignWithContacts()
    const foreign = { organizationId: otherOrganizationId, programId: program.id, executionId: uuidv7(Date.now()), test: false }
    await expect(note(foreign)).rejects.toMatchObject({ kind: 'not_found' })
    expect(await statusOf(program.id)).toBe('draft')
  })
})

describe('the question for a launch', () => {
  const askLaunch = (asked: Asked<typeof questions.launchSnapshot>) => ask(api.nats.connection, questions.launchSnapshot, asked)

  test('is answered with the program, the latest version of its flow and its active DIDs', async () => {
    const { program, flowId, dids, graph } = await campaignWithContacts(3)
    await api.patch(`/flows/${flowId}`, { name: 'Second' })
    await api.patch(`/dids/${dids[0]?.id}`, { status: 'inactive' })
    const snapshot = await askLaunch({ organizationId, programId: program.id })
    expect(snapshot).toEqual({
      program: (await api.get(`/programs/${program.id}`)).body,
      flow: { id: flowId, version: 2, name: 'Second', graph },
      dids: [{ id: dids[1]?.id, number: dids[1]?.number }],
    })
  })

  test('is refused for a program that does not exist, or belongs to another organization', async () => {
    const { program } = await campaignWithContacts()
    const missing = { kind: 'not_found', name: 'ProgramNotFoundError' }
    await expect(askLaunch({ organizationId, programId: nowhere })).rejects.toMatchObject(missing)
    await expect(askLaunch({ organizationId: otherOrganizationId, programId: program.id })).rejects.toMatchObject(missing)
    await api.delete(`/programs/${program.id}`)
    await expect(askLaunch({ organizationId, programId: program.id })).rejects.toMatchObject(missing)
  })

  test('is refused if the pool has no active DID', async () => {
    const { program, dids } = await campaignWithContacts()
    for (const did of dids) await api.delete(`/dids/${did.id}`)
    await expect(askLaunch({ organizationId, programId: program.id })).rejects.toMatchObject({ kind: 'invalid', name: 'EmptyDidPoolError' })
  })

  test('is refused after the end of the program', async () => {
    const { program } = await campaignWithContacts()
    await api.patch(`/programs/${program.id}`, { stopAt: '2025-12-20T10:00:00Z', startAt: '2025-12-20T09:00:00Z' })
    await expect(askLaunch({ organizationId, programId: program.id })).rejects.toMatchObject({ name: 'ValidationError' })
  })
})

describe('the question for a version of a flow', () => {
  const askVersion = (asked: Asked<typeof questions.flowVersion>) => ask(api.nats.connection, questions.flowVersion, asked)

  test('is answered even if the flow is deleted, but only for its organization', async () => {
    const { program, flowId, graph } = await createCampaign(api, {}, true)
    await api.patch(`/flows/${flowId}`, { name: 'Second' })
    await api.delete(`/programs/${program.id}`)
    expect((await api.delete(`/flows/${flowId}`)).status).toBe(204)
    expect(await askVersion({ organizationId, flowId, version: 1 })).toEqual({ flowId, version: 1, name: 'Reminder', graph })
    const missing = { kind: 'not_found', name: 'FlowNotFoundError' }
    await expect(askVersion({ organizationId, flowId, version: 3 })).rejects.toMatchObject(missing)
    await expect(askVersion({ organizationId: otherOrganizationId, flowId, version: 1 })).rejects.toMatchObject(missing)
  })
})

test('the question for active DIDs is answered with the current ones in the order of the pool, even for a deleted program', async () => {
  const { program, dids } = await createCampaign(api, {}, true)
  const askDids = async () =>
    (await ask(api.nats.connection, questions.activeDids, { organizationId, programId: program.id })).dids.map(({ id }) => id)
  const [first, second] = dids.map(({ id }) => id)
  expect(await askDids()).toEqual([first, second])
  await api.patch(`/programs/${program.id}`, { didPool: [second, first] })
  expect(await askDids()).toEqual([second, first])
  await api.delete(`/programs/${program.id}`)
  await api.patch(`/dids/${second}`, { status: 'inactive' })
  expect(await askDids()).toEqual([first])
})

describe('the contacts of an audience, for services', () => {
  const service = { role: 'platform_admin', identity: { subject: 'service:orchestrator' } } as const

  async function snapshot(audienceId: string, call = service) {
    const reply = await api.app.inject({
      method: 'GET',
      url: `/internal/audiences/${audienceId}/contacts`,
      headers: await api.as(call.role, call.identity),
    })
    expect(reply.headers['content-type']).toBe('application/x-ndjson')
    return reply.body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as SnapshotContact)
  }

  test('are streamed in the order of their ids, over many pages, each of them once', async () => {
    const { audienceId } = await campaignWithContacts(12_000)
    const contacts = await snapshot(audienceId)
    expect(contacts).toHaveLength(12_000)
    expect(contacts[0]).toEqual({
      id: expect.any(String),
      phone: expect.stringMatching(/^\+2126\d{8}$/),
      firstName: 'Zoé "Z"',
      lastName: "O'Neil",
      attributes: { city: 'Fès' },
    })
    const ids = contacts.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].toSorted())
  })

  test('may be empty', async () => {
    const { audienceId } = await createCampaign(api)
    expect(await snapshot(audienceId)).toEqual([])
  })

  test('are given only to services, and only for their organization', async () => {
    const { audienceId } = await createCampaign(api)
    const url = `/internal/audiences/${audienceId}/contacts`
    expect(refusal(await api.get(url, { role: 'admin' }))).toEqual([403, 'ForbiddenError'])
    expect(refusal(await api.get(url, { role: 'platform_admin' }))).toEqual([403, 'ForbiddenError'])
    const elsewhere = { organizationId: otherOrganizationId, subject: 'service:orchestrator' }
    expect(refusal(await api.get(url, { role: 'platform_admin', identity: elsewhere }))).toEqual([404, 'AudienceNotFoundError'])
  })
})

describe('contacts by their ids, for services', () => {
  async function snapshots(contactIds: readonly string[], identity: object = {}) {
    const headers = await api.as('platform_admin', { subject: 'service:orchestrator', ...identity })
    return api.app.inject({ method: 'POST', url: '/internal/contacts/snapshots', headers, payload: { contactIds } })
  }

  test('are those that the organization has', async () => {
    const contact = (await api.post('/contacts', { phone: '0699887766', firstName: 'Zoé' })).body as { id: string }
    const reply = await snapshots([contact.id.toUpperCase(), nowhere])
    expect(
      reply.body
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([{ id: contact.id, phone: '+212699887766', firstName: 'Zoé', lastName: null, attributes: {} }])
    expect((await snapshots([contact.id], { organizationId: otherOrganizationId })).body).toBe('')
    expect((await snapshots([contact.id], { subject: 'user:somebody' })).statusCode).toBe(403)
  })
})
