import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, openApi, refusal } from './support/api.ts'
import { createCampaign } from './support/campaign.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

interface Program {
  id: string
  [field: string]: unknown
}

test('the optional settings are kept, and null clears them', async () => {
  const { body } = await createCampaign(api)
  const extensions = {
    timezone: 'Africa/Casablanca',
    callingHours: { monday: [{ startAt: { hour: 9, minute: 0 }, endAt: { hour: 18, minute: 0 } }] },
    pacing: { maxConcurrentCalls: 10, callsPerSecond: 2.5 },
    amd: true,
  }
  const program = (await api.post('/programs', { ...body, stopAt: '2030-01-01T00:00:00Z', ...extensions })).body as Program
  expect(program).toMatchObject(extensions)
  const cleared = { stopAt: null, timezone: null, callingHours: null, pacing: null, amd: null, pauseWindows: null, autoPauseRules: null }
  expect((await api.patch(`/programs/${program.id}`, cleared)).body).toMatchObject({ ...cleared, name: 'Holiday Campaign 2025' })
})

test('an optional field at any depth can be null, which is kept as not set', async () => {
  const { body } = await createCampaign(api)
  const strategy = { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 }
  const lunch = [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } }]
  const settings = {
    retryStrategy: { ...strategy, retryOn: null, delayByOutcome: { busy: 5, no_answer: null } },
    pauseWindows: { monday: lunch, tuesday: null, advanced: null },
    callingHours: { monday: lunch, sunday: null },
    pacing: { maxConcurrentCalls: 5, callsPerSecond: null },
  }
  const kept = {
    retryStrategy: { ...strategy, delayByOutcome: { busy: 5 } },
    pauseWindows: { monday: lunch },
    callingHours: { monday: lunch },
    pacing: { maxConcurrentCalls: 5 },
  }
  const created = await api.post('/programs', { ...body, ...settings })
  expect(created.body).toMatchObject(kept)
  for (const [name, value] of Object.entries(kept)) expect((created.body as Program)[name]).toEqual(value)

  const changed = await api.patch(`/programs/${(created.body as Program).id}`, {
    retryStrategy: { ...strategy, retryOn: null, delayByOutcome: null },
  })
  expect((changed.body as Program).retryStrategy).toEqual(strategy)
})

test('delays by outcome are kept and shown, and each must be within its bounds', async () => {
  const { body } = await createCampaign(api)
  const strategy = (delayByOutcome: object) => ({ type: 'fixed_delay', delayMinutes: 30, maxRetries: 2, delayByOutcome })
  const created = await api.post('/programs', { ...body, retryStrategy: strategy({ busy: 5, no_answer: 43_200 }) })
  expect(created).toMatchObject({ status: 201, body: { retryStrategy: strategy({ busy: 5, no_answer: 43_200 }) } })
  const refused = async (delayByOutcome: object) =>
    refusal(await api.post('/programs', { ...body, retryStrategy: strategy(delayByOutcome) }))
  const at = '/retryStrategy/delayByOutcome'
  expect(await refused({ busy: 0 })).toEqual([400, 'ValidationError', `${at}/busy`])
  expect(await refused({ voicemail: 1.5 })).toEqual([400, 'ValidationError', `${at}/voicemail`])
  expect(await refused({ failed: 43_201 })).toEqual([400, 'ValidationError', `${at}/failed`])
  expect(await refused({ completed: 5 })).toEqual([400, 'ValidationError', `${at}/completed`])
})
