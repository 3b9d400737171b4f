import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
beforeAll(async () => {
  orchestrator = await openOrchestrator()
})
afterAll(() => orchestrator.close())

const scheduleOf = (id: string) => orchestrator.request({ url: `/program-executions/${id}/schedule`, role: 'supervisor' })
const quarterMs = 900_000

test('retries are counted by the quarter of an hour in which they fall due', async () => {
  const carrier = await orchestrator.carrier(() => 'no_answer')
  const retryStrategy = { type: 'fixed_delay', delayMinutes: 60, maxRetries: 1 } as const
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(3, { retryStrategy, stopAt: '2099-01-01T00:00:00.000Z' })))
  await eventually(() => expect(carrier.orders.filter((order) => order.data.executionId === id)).toHaveLength(3))
  const { body } = await eventually(async () => {
    const answer = await scheduleOf(id)
    expect((answer.body as { nextRetries: { contacts: number }[] }).nextRetries.reduce((sum, { contacts }) => sum + contacts, 0)).toBe(3)
    return answer
  })
  const { nextRetries, ...schedule } = body as { nextRetries: { from: string }[]; [field: string]: unknown }
  expect(schedule).toEqual({
    executionId: id,
    status: 'running',
    waitingFor: expect.stringMatching(/^The next contact may be called at \d\d:\d\d on /),
    nextCallsAt: expect.any(String),
    pausesAt: null,
    opensAt: null,
    endsAt: '2099-01-01T00:00:00.000Z',
  })
  const first = Date.parse(nextRetries[0]?.from ?? '')
  expect(first % quarterMs).toBe(0)
  const nextMs = Date.parse(schedule.nextCallsAt as string)
  expect(nextMs).toBeGreaterThanOrEqual(first)
  expect(nextMs).toBeLessThan(first + quarterMs)
})

test('it says who must act, and nothing once it has ended', async () => {
  const range = { startAt: '2020-01-01T00:00:00.000Z', endAt: '2099-01-01T00:00:00.000Z' }
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(2, { pauseWindows: { advanced: [range] } })))
  expect((await scheduleOf(id)).body).toMatchObject({ opensAt: range.endAt, nextCallsAt: range.endAt, nextRetries: [] })
  await orchestrator.request({ method: 'PATCH', url: `/program-executions/${id}/pause` })
  expect((await scheduleOf(id)).body).toMatchObject({ status: 'paused', waitingFor: expect.stringContaining('resumed'), nextCallsAt: null })
  await orchestrator.request({ method: 'DELETE', url: `/program-executions/${id}` })
  expect((await scheduleOf(id)).body).toMatchObject({
    status: 'cancelled',
    waitingFor: null,
    nextCallsAt: null,
    endsAt: null,
    nextRetries: [],
  })
})

test('an execution of another organization and one that does not exist are not found', async () => {
  const id = await orchestrator.launch(orchestrator.api.add(someProgram(1, { startAt: '2090-01-01T00:00:00.000Z' })))
  const stranger = { url: `/program-executions/${id}/schedule`, role: 'supervisor' as const, as: { organizationId: otherOrganizationId } }
  for (const answer of [await orchestrator.request(stranger), await scheduleOf(someId())]) {
    expect(answer).toMatchObject({ status: 404, body: { error: 'ExecutionNotFoundError' } })
  }
})
