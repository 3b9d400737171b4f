import type { CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import { laneOf } from '@carillon/contracts/lane'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import type { ExecutionEvent } from '../src/domain/execution.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { emptyReadModels } from '../src/read-models/rebuild.ts'
import { readModels } from '../src/read-models/registry.ts'
import { contactsChanged, eventsOf, launched, lifecycle, newId, noContacts, type PlannedCall, plannedCall, ratingOf, t0 } from './support/events.ts'

/*
 * A lane of calls is read by three readers, each in batches of its own and at its own pace. The model of the test is sequential: the state of contacts, calls
 * and credits after every event of the lane. Whatever the readers have told, all reports of the execution show the model at one position.
 */

let service: TestService
let app: HttpApp
beforeAll(async () => {
  service = await openTestService('reporting')
  app = await buildApp(service.deps)
})
afterAll(async () => {
  await app.close()
  await service.close()
})

type Placed<E> = E & { position: number }

/** What is true after an event of the lane. */
interface Moment {
  contacts: { pending: number; calling: number; completed: number; failed: number }
  totalCalls: number
  answered: number
  ended: number
  runs: number
  micros: number
}

interface Told {
  calls: Placed<CallEvent>[]
  executions: Placed<ExecutionEvent>[]
  ratings: Placed<CallRated>[]
}

const contactCount = 6
const costOf = ({ end }: PlannedCall) => (end?.durationMs ? 75 * end.durationMs : 0)

/** Calls of as many contacts, their events interleaved as the choices say. */
function laneOfCalls(executionId: string, choices: readonly number[], answers: readonly boolean[]): { call: PlannedCall; event: CallEvent }[] {
  const waiting = Array.from({ length: contactCount }, (_, index) => {
    const end = answers[index]
      ? ({ outcome: 'completed', flowOutcome: 'completed', durationMs: 1_000 + index } as const)
      : ({ outcome: 'no_answer', flowOutcome: 'failed', durationMs: null } as const)
    const call = plannedCall({ executionId, startedAtMs: t0 + index, nodes: [{ nodeId: 'dial' }, { nodeId: 'menu', digits: '1' }], end })
    return { call, events: eventsOf(call) }
  })
  const lane: { call: PlannedCall; event: CallEvent }[] = []
  for (let turn = 0; waiting.length > 0; turn++) {
    const index = (choices[turn % choices.length] ?? 0) % waiting.length
    const chosen = waiting[index]
    const event = chosen?.events.shift()
    if (chosen && event) lane.push({ call: chosen.call, event })
    if (chosen?.events.length === 0) waiting.splice(index, 1)
  }
  return lane
}

/** The sequential model: by position, and what the orchestrator and billing tell in batches of these sizes. */
function history(executionId: string, choices: readonly number[], answers: readonly boolean[], sizes: readonly number[]) {
  const lane = laneOfCalls(executionId, choices, answers)
  const moments: Moment[] = [
    { contacts: { pending: contactCount, calling: 0, completed: 0, failed: 0 }, totalCalls: 0, answered: 0, ended: 0, runs: 0, micros: 0 },
  ]
  const told: Told = { calls: [], executions: [], ratings: [] }
  told.executions.push({ ...launched(executionId, { position: 0, counts: { ...noContacts, pending: contactCount } }), position: 1 })
  let revision = 1
  let steps: number[][] = []
  let left = sizes[0] ?? 1
  for (const [index, { call, event }] of lane.entries()) {
    const position = index + 1
    const now = structuredClone(moments[index]) as Moment
    told.calls.push({ ...event, position })
    if (event.type === 'call.started') {
      now.contacts.pending--
      now.contacts.calling++
      now.totalCalls++
    } else if (event.type === 'node.executed') {
      now.runs++
    } else if (event.type === 'call.ended') {
      now.contacts.calling--
      now.contacts[event.data.outcome === 'completed' ? 'completed' : 'failed']++
      if (event.data.outcome === 'completed') now.answered++
      now.ended++
      now.micros += costOf(call)
      const rating = ratingOf(call, [{ nodeType: 'dial', durationMs: call.end?.durationMs ?? null, costMicros: costOf(call) }])
      told.ratings.push({ ...rating, data: { ...rating.data, position }, position: told.ratings.length + 1 })
    }
    moments.push(now)
    if (event.type !== 'call.started' && event.type !== 'call.ended') continue
    const { pending, calling, completed, failed } = now.contacts
    steps.push([position, pending, 0, calling, 0, completed, failed, 0])
    if (--left > 0 && index < lane.length - 1) continue
    revision++
    const counts = { ...noContacts, ...now.contacts }
    const changed = contactsChanged(executionId, revision, position, counts)
    const data = { ...changed.data, position, steps: steps.slice(0, -1) }
    told.executions.push({ ...changed, data, position: told.executions.length + 1 })
    steps = []
    left = sizes[revision % sizes.length] ?? 1
  }
  const end = lifecycle('execution.completed', executionId, revision + 1, 'completed', lane.length, { ...noContacts, ...moments.at(-1)?.contacts })
  told.executions.push({ ...end, data: { ...end.data, position: lane.length }, position: told.executions.length + 1 })
  return { moments, told }
}

async function reportsOf(executionId: string) {
  const get = async (path: string) => {
    const url = `/program-execution/${executionId}/report${path}`
    const response = await app.inject({ method: 'GET', url, headers: await service.as('supervisor') })
    expect(response.statusCode).toBe(200)
    return { body: response.json(), asOf: response.headers['carillon-as-of'] }
  }
  const [main, history, breakdown, nodes, billing] = [
    await get(''),
    await get('/calls?limit=100'),
    await get('/breakdown'),
    await get('/node-stats'),
    await get('/billing'),
  ]
  return { main: main.body, history: history.body, breakdown: breakdown.body, nodes: nodes.body, billing: billing.body, asOf: main.asOf }
}

/** The moments that all reports together show. Several moments can look the same. */
function momentsOf(moments: readonly Moment[], { main, history, breakdown, nodes, billing }: Awaited<ReturnType<typeof reportsOf>>): number[] {
  const { pending, calling, completed, failed } = main.contactMetrics
  const calls = history.data as { outcome: string | null; totalCost?: number }[]
  const micros = (credits: number) => Math.round(credits * 1_000_000)
  expect(history.meta.total).toBe(calls.length)
  expect(main.contactMetrics.totalContacts).toBe(contactCount)
  const shown = [
    [pending, calling, completed, failed],
    main.callMetrics.totalCalls,
    main.callMetrics.answered,
    micros(main.billingMetrics.totalCreditsUsed),
    calls.length,
    calls.filter(({ outcome }) => outcome !== null).length,
    calls.reduce((sum, { totalCost = 0 }) => sum + micros(totalCost), 0),
    breakdown.total.callsAttempted,
    nodes.nodes.reduce((sum: number, node: { totalExecutions: number }) => sum + node.totalExecutions, 0),
    billing.topCostlyCalls.reduce((sum: number, call: { totalCost: number }) => sum + micros(call.totalCost), 0),
    billing.byNodeType.reduce((sum: number, type: { executionCount: number }) => sum + type.executionCount, 0),
  ]
  return moments.flatMap((moment, position) => {
    const { contacts, totalCalls, answered, ended, runs, micros: spent } = moment
    const { pending, calling, completed, failed } = contacts
    const its = [[pending, calling, completed, failed], totalCalls, answered, spent, totalCalls, ended, spent, totalCalls, runs, spent, ended]
    return JSON.stringify(its) === JSON.stringify(shown) ? [position] : []
  })
}

const aRun = fc.record({
  choices: fc.array(fc.nat(20), { minLength: 5, maxLength: 40 }),
  answers: fc.array(fc.boolean(), { minLength: contactCount, maxLength: contactCount }),
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
  /** Which source is read next, and how many of its events at once. */
  reads: fc.array(fc.tuple(fc.constantFrom('calls', 'executions', 'ratings'), fc.integer({ min: 1, max: 15 })), { minLength: 3, maxLength: 8 }),
})

test('every report shows one moment of the sequential model, however far each source was read, and never goes back', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aRun, async ({ choices, answers, sizes, reads }) => {
      await emptyReadModels(service.deps.database, readModels)
      const executionId = newId()
      const { moments, told } = history(executionId, choices, answers, sizes)
      const rest = { calls: [...told.calls], executions: [...told.executions], ratings: [...told.ratings] }
      const lane = laneOf(executionId)
      const read = (source: keyof Told, count: number) =>
        service.deps.database.transaction(async (tx) => {
          if (source === 'calls' && rest.calls.length > 0) await callsProjection.apply(tx, lane, rest.calls.splice(0, count))
          if (source === 'executions' && rest.executions.length > 0) {
            await executionsProjection.apply(tx, lane, rest.executions.splice(0, count))
          }
          if (source === 'ratings' && rest.ratings.length > 0) await billingProjection.apply(tx, lane, rest.ratings.splice(0, count))
        })
      await read('executions', 1)
      let least = 0
      const look = async () => {
        const shown = momentsOf(moments, await reportsOf(executionId))
        expect(shown).not.toEqual([])
        expect(Math.max(...shown)).toBeGreaterThanOrEqual(least)
        least = Math.min(...shown.filter((position) => position >= least))
        return shown
      }
      for (const [source, count] of reads) {
        await read(source, count)
        await look()
      }
      for (const source of ['ratings', 'calls', 'executions'] as const) await read(source, 1_000)
      expect(await look()).toContain(moments.length - 1)
    }),
    { numRuns: 8 },
  )
})
