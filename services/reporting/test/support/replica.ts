import type { HttpApp } from '@carillon/service-kit/http/app'
import { eventually } from '@carillon/testing/eventually'
import type { TestService } from '@carillon/testing/test-service'
import { expect } from 'vitest'
import { contactsChanged, launched, lifecycle, noContacts } from './events.ts'
import { publish } from './publish.ts'
import type { RatedCall } from './random-history.ts'
import { recomputed } from './recomputation.ts'

/** A running reporting service, its HTTP side not listening. */
export type Replica = TestService & { app: HttpApp }

/** All reports of an execution. */
export async function reportsOf(replica: Replica, executionId: string) {
  const get = async (path: string) => {
    const headers = await replica.as('supervisor')
    const response = await replica.app.inject({ method: 'GET', url: `/program-execution/${executionId}/report${path}`, headers })
    expect(response.statusCode).toBe(200)
    return response.json()
  }
  const [main, history, breakdown, nodeStats, billing] = await Promise.all(
    ['', '/calls?limit=1000', '/breakdown', '/node-stats', '/billing'].map(get),
  )
  expect(history.meta.total).toBe(history.data.length)
  expect(billing.summary).toEqual(main.billingMetrics)
  return {
    callMetrics: main.callMetrics,
    billingMetrics: main.billingMetrics,
    history: history.data,
    breakdown,
    nodeStats,
    topCostlyCalls: billing.topCostlyCalls,
    byNodeType: billing.byNodeType,
  }
}

export async function publishExecution(replica: Replica, executionId: string) {
  const launch = launched(executionId)
  const changed = contactsChanged(executionId, 2, 1_000, { ...noContacts, completed: 3 })
  const completed = lifecycle('execution.completed', executionId, 3, 'completed', 2_000, { ...noContacts, completed: 3 })
  await publish(replica.deps, 'PROGRAMS', [launch, changed, launch, completed, changed])
}

/** Fails if a report of the calls' executions differs from its recomputation. */
export async function expectRecomputedNow(replica: Replica, calls: readonly RatedCall[]) {
  const executionIds = new Set(calls.flatMap(({ executionId }) => (executionId === null ? [] : [executionId])))
  for (const executionId of executionIds) {
    expect(await reportsOf(replica, executionId)).toEqual(recomputed(calls.filter((call) => call.executionId === executionId)))
  }
}

export function expectRecomputed(replica: Replica, calls: readonly RatedCall[]) {
  return eventually(() => expectRecomputedNow(replica, calls), { timeoutMs: 25_000, intervalMs: 50 })
}
