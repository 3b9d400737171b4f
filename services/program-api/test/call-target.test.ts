import type { CreateCallRequest } from '@carillon/contracts/call-request'
import { questions } from '@carillon/contracts/questions'
import { ask } from '@carillon/service-kit/messaging/questions'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi } from './support/api.ts'
import { createCampaign } from './support/campaign.ts'

let api: Api
let flowId: string
let did: { id: string; number: string }
let contactId: string
beforeAll(async () => {
  api = await openApi()
  const campaign = await createCampaign(api, {}, true)
  flowId = campaign.flowId
  did = campaign.dids[0] as typeof did
  await api.post('/custom-attributes', { displayName: 'Credit', slug: 'credit', type: 'number' })
  const contact = await api.post('/contacts', { phone: '0612349999', firstName: 'Zoé', attributes: { credit: 12 } })
  contactId = (contact.body as { id: string }).id
})
afterAll(() => api.close())

const nowhere = '018f0000-0000-7000-8000-0000000000ff'
const asked = (change: Partial<CreateCallRequest>, context: object = {}) => ({
  organizationId: testOrganizationId,
  country: 'MA',
  extensions: false,
  request: { to: '0612345678', didId: did.id, flowId, ...change },
  ...context,
})
const target = (change: Partial<CreateCallRequest>, context: object = {}) =>
  ask(api.nats.connection, questions.callTarget, asked(change, context))
const refused = (pointer: string) => expect.objectContaining({ name: 'ValidationError', details: [expect.objectContaining({ pointer })] })

test('a request is answered with its number, its DID, the latest version of its flow and its times', async () => {
  const retryStrategy = {
    type: 'scheduled',
    retryDates: ['2098-01-01T01:00:00+01:00'],
    retryOn: null,
  } as unknown as { type: 'none' }
  const advanced = [{ startAt: '2026-12-24T00:00:00+01:00', endAt: '2026-12-27T00:00:00+01:00' }]
  expect(await target({ retryStrategy, pauseWindows: { advanced } })).toEqual({
    to: '+212612345678',
    from: did.number,
    flow: { id: flowId, version: 1, name: expect.any(String) },
    contact: null,
    retryStrategy: { type: 'scheduled', retryDates: ['2098-01-01T00:00:00.000Z'] },
    pauseWindows: { advanced: [{ startAt: '2026-12-23T23:00:00.000Z', endAt: '2026-12-26T23:00:00.000Z' }] },
    callingHours: null,
  })
  expect(await target({ to: '0612345678' }, { country: 'FR' })).toMatchObject({ to: '+33612345678', retryStrategy: { type: 'none' } })
  expect(await target({ to: '6001' }, { extensions: true })).toMatchObject({ to: '6001' })
})

test('a contact is called at its number, or at the one of the request', async () => {
  const contact = { id: contactId, phone: '+212612349999', firstName: 'Zoé', lastName: null, attributes: { credit: 12 } }
  expect(await target({ to: null, contactId })).toMatchObject({ to: '+212612349999', contact })
  expect(await target({ contactId })).toMatchObject({ to: '+212612345678', contact })
})

describe('a request is refused', () => {
  test.each<[string, Partial<CreateCallRequest>, string]>([
    ['without a number and a contact', { to: null }, '/to'],
    ['with a number that cannot be called', { to: '12' }, '/to'],
    ['with a contact that does not exist', { contactId: nowhere }, '/contactId'],
    ['with a flow that does not exist', { flowId: nowhere }, '/flowId'],
    ['with a name that is none', { variables: { 'a b': 1 } }, '/variables/a b'],
    ['with a variable of the platform', { variables: { 'contact.phone': '1' } }, '/variables/contact.phone'],
    ['with a time zone that does not exist', { timezone: 'Mars/Olympus' }, '/timezone'],
    ['that has expired', { expiresAt: '2001-01-01T00:00:00Z' }, '/expiresAt'],
    ['that expires before it starts', { startAt: '2090-01-02T00:00:00Z', expiresAt: '2090-01-01T00:00:00Z' }, '/expiresAt'],
    [
      'with retries in the past',
      { retryStrategy: { type: 'scheduled', retryDates: ['2001-01-01T00:00:00Z'] } },
      '/retryStrategy/retryDates',
    ],
  ])('%s', async (_what, change, pointer) => {
    await expect(target(change)).rejects.toEqual(refused(pointer))
  })

  test('with what belongs to another organization', async () => {
    const context = { organizationId: otherOrganizationId }
    await expect(target({}, context)).rejects.toEqual(refused('/flowId'))
    await expect(target({ contactId }, context)).rejects.toEqual(refused('/contactId'))
  })

  test('with a DID that does not exist, or is not active', async () => {
    await expect(target({ didId: nowhere })).rejects.toMatchObject({ name: 'DidNotFoundError' })
    await api.patch(`/dids/${did.id}`, { status: 'inactive' })
    await expect(target({})).rejects.toMatchObject({ name: 'DidNotActiveError', details: [{ pointer: '/didId' }] })
    await api.patch(`/dids/${did.id}`, { status: 'active' })
  })
})
