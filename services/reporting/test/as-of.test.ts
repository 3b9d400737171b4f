import { laneOf } from '@carillon/contracts/lane'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { at, contactsChanged, launched, lifecycle, newId, noContacts, t0 } from './support/events.ts'
import { aRun, history, type Told } from './support/lane-history.ts'

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

async function get(executionId: string, path: string, asOf: string) {
  const url = `/program-execution/${executionId}/report${path}?asOf=${encodeURIComponent(asOf)}`
  return app.inject({ method: 'GET', url, headers: await service.as('supervisor') })
}

/** The figures of a moment in the model, as the four reports of an instant show them. */
async function figuresAsOf(executionId: string, atMs: number) {
  const read = async (path: string) => {
    const response = await get(executionId, path, new Date(atMs).toISOString())
    expect(response.statusCode).toBe(200)
    return response.json()
  }
  const [main, breakdown, nodes, billing] = [await read(''), await read('/breakdown'), await read('/node-stats'), await read('/billing')]
  const { pending, calling, completed, failed } = main.contactMetrics
  expect(breakdown.total.callsAttempted).toBe(main.callMetrics.totalCalls)
  expect(billing.summary.totalCreditsUsed).toBe(main.billingMetrics.totalCreditsUsed)
  return {
    contacts: { pending, calling, completed, failed },
    totalCalls: main.callMetrics.totalCalls,
    answered: main.callMetrics.answered,
    ended: billing.byNodeType.reduce((sum: number, type: { executionCount: number }) => sum + type.executionCount, 0),
    runs: nodes.nodes.reduce((sum: number, node: { totalExecutions: number }) => sum + node.totalExecutions, 0),
    micros: Math.round(main.billingMetrics.totalCreditsUsed * 1_000_000),
  }
}

/** Events that change a figure. The others leave the model as it was. */
const counted = (event: Told['calls'][number]) => ['call.started', 'node.executed', 'call.ended'].includes(event.type)

let base = 0

test('for every instant the four reports show the sequential model as it stood then, however its events came in batches', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(aRun, fc.integer({ min: 1, max: 20 }), async ({ choices, answers, sizes }, batch) => {
      const executionId = newId()
      base += 1_000
      const { moments, told } = history(executionId, base, choices, answers, sizes)
      const expected = new Map<number, number>()
      let timeMs = 0
      for (const [index, event] of told.calls.entries()) {
        if (!counted(event)) continue
        // Times never go back on a lane: an event that says an earlier one has happened by that of the event before it.
        timeMs = Math.max(timeMs, Date.parse(event.time))
        expected.set(timeMs, index + 1)
      }
      await service.deps.database.transaction(async (tx) => {
        await executionsProjection.apply(tx, laneOf(executionId), told.executions)
      })
      for (let from = 0; from < told.calls.length; from += batch) {
        const events = told.calls.slice(from, from + batch)
        await service.deps.database.transaction((tx) => callsProjection.apply(tx, laneOf(executionId), events))
      }
      await service.deps.database.transaction((tx) => billingProjection.apply(tx, laneOf(executionId), told.ratings))
      expect(await figuresAsOf(executionId, t0 - 0)).toEqual(moments[expected.get(t0) ?? 0])
      for (const [atMs, index] of expected) {
        expect(await figuresAsOf(executionId, atMs)).toEqual(moments[index])
        if (!expected.has(atMs + 1)) expect(await figuresAsOf(executionId, atMs + 1)).toEqual(moments[index])
      }
    }),
    { numRuns: 3 },
  )
})

test('status, pause and duration are those of the instant', async () => {
  const executionId = newId()
  const counts = { ...noContacts, pending: 3 }
  await service.deps.database.transaction((tx) =>
    applied(tx, executionsProjection, [
      launched(executionId, { position: 0, counts }),
      lifecycle('execution.paused', executionId, 2, 'paused', 60_000, counts),
      lifecycle('execution.resumed', executionId, 3, 'running', 120_000, counts),
      contactsChanged(executionId, 4, 130_000, { ...noContacts, pending: 2, queued: 1 }),
      lifecycle('execution.cancelled', executionId, 5, 'cancelled', 180_000, { ...noContacts, queued: 1, skipped: 2 }),
    ]),
  )
  const shown = async (offsetMs: number) => {
    const { effectiveStatus, durationMs, actualEndAt, contactMetrics } = (await get(executionId, '', at(offsetMs))).json()
    return [effectiveStatus, durationMs, actualEndAt, contactMetrics.pending, contactMetrics.queued, contactMetrics.skipped]
  }
  expect(await shown(0)).toEqual(['running', 0, undefined, 3, 0, 0])
  expect(await shown(59_999)).toEqual(['running', 59_999, undefined, 3, 0, 0])
  expect(await shown(60_000)).toEqual(['paused_manual', 60_000, undefined, 3, 0, 0])
  expect(await shown(125_000)).toEqual(['running', 125_000, undefined, 3, 0, 0])
  expect(await shown(131_000)).toEqual(['running', 131_000, undefined, 2, 1, 0])
  expect(await shown(500_000)).toEqual(['cancelled', 180_000, at(180_000), 0, 1, 2])
  const answer = await get(executionId, '', at(125_000))
  expect(answer.headers['carillon-as-of']).toBe(at(125_000))
})

test('an instant before the launch or ahead is refused, and the field is named', async () => {
  const executionId = newId()
  await service.deps.database.transaction((tx) => applied(tx, executionsProjection, [launched(executionId, { position: 0 })]))
  const later = new Date(Date.now() + 3_600_000).toISOString()
  for (const instant of [at(-1), later, '2025-12-15T09:30:00', 'yesterday']) {
    for (const path of ['', '/breakdown', '/node-stats', '/billing']) {
      const response = await get(executionId, path, instant)
      expect(response.statusCode).toBe(400)
      expect(response.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer: '/query/asOf' }] })
    }
  }
})
