import { laneOf } from '@carillon/contracts/lane'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { newId } from './support/events.ts'
import { aRun, contactCount, history, type Moment, type Told } from './support/lane-history.ts'

/* The same as in src/read-models/cut.test.ts, with the routes and the database, and therefore fewer runs. */

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

let base = 0

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
function momentsOf(
  moments: readonly Moment[],
  { main, history, breakdown, nodes, billing }: Awaited<ReturnType<typeof reportsOf>>,
): number[] {
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
    const its = [
      [pending, calling, completed, failed],
      totalCalls,
      answered,
      spent,
      totalCalls,
      ended,
      spent,
      totalCalls,
      runs,
      spent,
      ended,
    ]
    return JSON.stringify(its) === JSON.stringify(shown) ? [position] : []
  })
}

test('every report shows one moment of the sequential model, however far each source was read, and never goes back', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(aRun, async ({ choices, answers, sizes, reads }) => {
      const executionId = newId()
      // The runs share the database: each has later positions than those before it, as executions of one stream have.
      base += 1_000
      const { moments, told } = history(executionId, base, choices, answers, sizes)
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
    { numRuns: 3 },
  )
})
