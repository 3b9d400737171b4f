import { ExecutionTimeline } from '@carillon/contracts/report-timeline'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import {
  at,
  contactsChanged,
  eventsOf,
  launched,
  lifecycle,
  newId,
  noContacts,
  type PlannedCall,
  plannedCall,
  ratingOf,
  t0,
} from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

const minuteMs = 60_000
const executionId = newId()
const outcomes = ['completed', 'busy', 'voicemail', 'no_answer', 'rejected', 'failed'] as const

/** 90 calls, one a minute from half past nine; the answered ones last 50 seconds after their answer, and end in the minute after. */
const calls = Array.from({ length: 90 }, (_, index): PlannedCall => {
  const outcome = outcomes[index % outcomes.length] ?? 'failed'
  const isAnswered = outcome === 'completed' || outcome === 'voicemail'
  const startedAtMs = t0 + index * minuteMs + 20_000
  const end = { outcome, flowOutcome: isAnswered ? 'completed' : 'failed', durationMs: isAnswered ? 50_000 : null } as const
  return plannedCall({ callId: uuidv7(startedAtMs), executionId, startedAtMs, end })
})

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator
beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  const events = calls.flatMap(eventsOf).sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
  const ratings = calls.map((call, index) => ratingOf(call, [{ nodeType: 'dial', durationMs: 50_000, costMicros: 1_000 + index }]))
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, executionsProjection, [
      launched(executionId, { timezone: 'Africa/Casablanca' }),
      contactsChanged(executionId, 2, 91 * minuteMs, { ...noContacts, completed: 90 }),
      lifecycle('execution.completed', executionId, 3, 'completed', 91 * minuteMs, { ...noContacts, completed: 90 }),
    ])
    for (let from = 0; from < events.length; from += 100) await applied(tx, callsProjection, events.slice(from, from + 100))
    await applied(tx, billingProjection, ratings)
  })
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

async function get(query: string, path = '/timeline', id = executionId, overrides = {}) {
  const url = `/program-execution/${id}/report${path}${query}`
  return app.inject({ method: 'GET', url, headers: await service.as('supervisor', overrides) })
}
const timeline = async (query: string): Promise<ExecutionTimeline> => (await get(query)).json()
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** When the call's last event happened: answered ones end 54 seconds after their start, the others after 7. */
const endedAtMs = ({ startedAtMs, end }: PlannedCall) => startedAtMs + 4_000 + (end?.durationMs ?? 3_000)

test.each(['minute', 'quarter_hour', 'hour', 'day'] as const)(
  'buckets of a %s count each call where it started and where it ended',
  async (bucket) => {
    const response = await get(`?bucket=${bucket}`)
    expect(response.statusCode).toBe(200)
    expect(response.headers['carillon-as-of']).toBeDefined()
    const shown: ExecutionTimeline = response.json()
    expect(Value.Check(ExecutionTimeline, shown)).toBe(true)
    expect(shown).toMatchObject({ executionId, bucket, timezone: 'Africa/Casablanca' })
    for (const { startAt, endAt, callsStarted, callsEnded, answered } of shown.data) {
      const isIn = (ms: number) => ms >= Date.parse(startAt) && ms < Date.parse(endAt)
      expect(callsStarted).toBe(calls.filter((call) => isIn(call.startedAtMs)).length)
      const ended = calls.filter((call) => isIn(endedAtMs(call)))
      expect(callsEnded).toBe(ended.length)
      expect(answered).toBe(ended.filter((call) => call.end?.outcome === 'completed').length)
    }
  },
)

test('the buckets add up to the report', async () => {
  const { callMetrics, billingMetrics } = (await get('', '')).json()
  const { data } = await timeline('?bucket=quarter_hour')
  const total = (name: 'answered' | 'voicemail' | 'noAnswer' | 'busy' | 'rejected' | 'failed' | 'completed') =>
    sum(data.map((part) => part[name]))
  const { answered, voicemail, noAnswer, busy, rejected, failed, completed } = callMetrics
  expect(sum(data.map((part) => part.callsStarted))).toBe(callMetrics.totalCalls)
  expect([answered, voicemail, noAnswer, busy, rejected, failed, completed]).toEqual(
    (['answered', 'voicemail', 'noAnswer', 'busy', 'rejected', 'failed', 'completed'] as const).map(total),
  )
  expect(sum(data.map((part) => Math.round(part.creditsUsed * 1_000_000)))).toBe(Math.round(billingMetrics.totalCreditsUsed * 1_000_000))
})

test('hours are the default, from when calls began to the last of them', async () => {
  const { bucket, data } = await timeline('')
  expect(bucket).toBe('hour')
  expect(data.map(({ startAt }) => startAt)).toEqual(['2025-12-15T09:00:00.000Z', '2025-12-15T10:00:00.000Z'])
  expect(data[0]).toMatchObject({ callsStarted: 30, answered: 5, answerRate: 16.67 })
})

test('a span shows its buckets alone, also those without calls', async () => {
  const { data } = await timeline(`?bucket=minute&from=${at(-2 * minuteMs)}&to=${at(minuteMs)}`)
  expect(data.map(({ callsStarted }) => callsStarted)).toEqual([0, 0, 1])
  // A day in the time zone of the program: Casablanca is an hour ahead of UTC.
  const day = await timeline('?bucket=day')
  expect(day.data.map(({ startAt, endAt }) => [startAt, endAt])).toEqual([['2025-12-14T23:00:00.000Z', '2025-12-15T23:00:00.000Z']])
})

test.each([
  ['?bucket=week', '/query/bucket'],
  [`?bucket=minute&from=${at(0)}&to=${at(201 * minuteMs)}`, '/query/bucket'],
  [`?bucket=minute&from=2000-01-01T00:00:00Z`, '/query/bucket'],
  [`?from=${at(1)}&to=${at(0)}`, '/query/to'],
  ['?from=2025-12-15T09:30:00', '/query/from'],
])('%s is refused, and the field is named', async (query, pointer) => {
  const response = await get(query)
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer }] })
})

test('an unknown execution is 404, and so is one of another organization; one without calls has empty buckets', async () => {
  expect((await get('', '/timeline', newId())).statusCode).toBe(404)
  expect((await get('', '/timeline', executionId, { organizationId: otherOrganizationId })).statusCode).toBe(404)
  const quiet = newId()
  await service.deps.database.transaction((tx) => applied(tx, executionsProjection, [launched(quiet)]))
  const { data } = (await get(`?to=${at(minuteMs)}`, '/timeline', quiet)).json()
  expect(data).toMatchObject([{ callsStarted: 0, callsEnded: 0, answerRate: 0, creditsUsed: 0 }])
})
