import type { ProgramReport } from '@carillon/contracts/report'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { contactsChanged, eventsOf, launched, lifecycle, newId, noContacts, plannedCall, ratingOf } from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

let service: TestService
let app: HttpApp
let url: string
let orchestrator: StandInOrchestrator
beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  orchestrator = standInOrchestrator(service.deps)
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

async function open(id: string, headers: Record<string, string> = {}, overrides = {}) {
  const identity = await service.as('supervisor', overrides)
  return fetch(`${url}/program-execution/${id}/report/stream`, { headers: { ...identity, ...headers } })
}

interface Told {
  event: string
  id: string
  report: ProgramReport
}

/** Reads a stream event by event. */
function reading(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let rest = ''
  return {
    async next(): Promise<Told> {
      for (;;) {
        const [block, ...others] = rest.split('\n\n')
        if (others.length > 0) {
          rest = others.join('\n\n')
          const found = /^event: (\S+)\nid: (\S+)\ndata: (.*)$/s.exec(block ?? '')
          if (found) return { event: found[1] ?? '', id: found[2] ?? '', report: JSON.parse(found[3] ?? '') }
          continue
        }
        const { done, value } = await reader.read()
        if (done) throw new Error('the stream has ended')
        rest += decoder.decode(value, { stream: true })
      }
    },
    cancel: () => reader.cancel(),
  }
}

const apply = (work: Parameters<TestService['deps']['database']['transaction']>[0]) => service.deps.database.transaction(work)

test('a stream tells the report as it is, each change, and the end; who comes back hears what is new', async () => {
  const executionId = newId()
  await apply((tx) => applied(tx, executionsProjection, [launched(executionId)]))
  const response = await open(executionId)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  const { next, cancel } = reading(response)
  const first = await next()
  expect(first).toMatchObject({ event: 'report', report: { executionId, callMetrics: { totalCalls: 0 } } })

  const call = plannedCall({ executionId })
  await apply(async (tx) => {
    await applied(tx, executionsProjection, [contactsChanged(executionId, 2, 1, { ...noContacts, completed: 1 })])
    await applied(tx, callsProjection, eventsOf(call))
    await applied(tx, billingProjection, [ratingOf(call, [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }])])
  })
  const second = await next()
  expect(second.report).toMatchObject({ callMetrics: { totalCalls: 1 }, billingMetrics: { totalCreditsUsed: 1.875075 } })
  expect(second.id).not.toBe(first.id)
  await cancel()

  const { next: later } = reading(await open(executionId, { 'last-event-id': second.id }))
  const counts = { ...noContacts, completed: 1 }
  await apply((tx) => applied(tx, executionsProjection, [lifecycle('execution.completed', executionId, 3, 'completed', 60_000, counts)]))
  const last = await later()
  expect(last).toMatchObject({ event: 'report', report: { status: 'completed' } })
  expect(await later()).toMatchObject({ event: 'end', id: last.id })
  await expect(later()).rejects.toThrow('the stream has ended')
  expect((await open(executionId, { 'last-event-id': last.id })).status).toBe(204)
})

test('what is not the organization’s is not told, and the role counts', async () => {
  const executionId = newId()
  await apply((tx) => applied(tx, executionsProjection, [launched(executionId)]))
  expect((await open(executionId, {}, { organizationId: otherOrganizationId })).status).toBe(404)
  expect((await open(newId())).status).toBe(404)
  expect((await open(executionId, {}, { role: 'agent' })).status).toBe(403)
  expect((await open('x')).status).toBe(400)
  expect((await open(executionId, { 'last-event-id': 'x'.repeat(101) })).status).toBe(400)
})

test('a service that stops ends its streams', async () => {
  const executionId = newId()
  await apply((tx) => applied(tx, executionsProjection, [launched(executionId)]))
  const again = await openTestService('reporting', { database: service.database, nats: service.nats })
  const other = await buildApp(again.deps)
  const address = await other.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${address}/program-execution/${executionId}/report/stream`, { headers: await service.as('supervisor') })
  const text = response.text()
  await other.close()
  expect(await text).toContain('event: report')
  await again.close()
})
