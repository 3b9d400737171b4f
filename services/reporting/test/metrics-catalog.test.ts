import { EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { type Metric, metricsCatalog, type Report } from '../src/domain/metrics-catalog.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { contactsChanged, eventsOf, launched, newId, noContacts, plannedCall, ratingOf } from './support/events.ts'

const executionId = newId()
let service: TestService
let app: HttpApp
let answers: Record<Report, object>
beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  const ends = [
    ...Array(5).fill(undefined),
    ...(['busy', 'rejected', 'failed', 'no_answer', 'voicemail'] as const).map((outcome) => ({
      outcome,
      flowOutcome: 'failed' as const,
      durationMs: outcome === 'voicemail' ? 7_000 : null,
    })),
  ]
  const calls = ends.map((end, index) => plannedCall({ executionId, callId: newId(), attempt: 1 + (index % 2), ...(end ? { end } : {}) }))
  const counts = { ...noContacts, completed: 3, failed: 2, pending: 5, queued: 1, calling: 4, pendingRetry: 6, skipped: 7 }
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, executionsProjection, [launched(executionId), contactsChanged(executionId, 2, 1_000, counts)])
    await applied(tx, callsProjection, calls.flatMap(eventsOf))
    const rated = calls.slice(0, 3).map((call) => ratingOf(call, [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }]))
    await applied(tx, billingProjection, rated)
  })
  const headers = await service.as('supervisor')
  const report = async (path: string) => {
    const answer = await app.inject({ url: `/program-execution/${executionId}/report${path}`, headers })
    expect(answer.statusCode).toBe(200)
    return answer.json() as object
  }
  answers = {
    getExecutionReport: await report(''),
    getExecutionBreakdown: await report('/breakdown'),
    getExecutionNodeStats: await report('/node-stats'),
    getExecutionBilling: await report('/billing'),
  }
})
afterAll(async () => {
  await app.close()
  await service.close()
})

interface Schema {
  [keyword: string]: unknown
  type?: unknown
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
  items?: Schema
}

/** The fields of a schema that hold numbers. */
function numbersIn({ type, anyOf, properties = {}, patternProperties = {}, items }: Schema, place: string): string[] {
  const inner = (schema: Schema, name: string) => numbersIn(schema, place === '' ? name : `${place}.${name}`)
  return [
    ...(type === 'number' || type === 'integer' ? [place] : []),
    ...(anyOf ?? []).flatMap((schema) => numbersIn(schema, place)),
    ...Object.entries(properties).flatMap(([name, schema]) => inner(schema, name)),
    ...Object.values(patternProperties).flatMap((schema) => inner(schema, '*')),
    ...(items ? numbersIn(items, `${place}[]`) : []),
  ]
}

/** Settings of the program, and the number of an attempt, measure nothing. */
const isNoFigure = (field: string) => field.startsWith('metadata.') || field.endsWith('.attemptNumber')

test.each<[Report, object]>([
  ['getExecutionReport', ProgramReport],
  ['getExecutionBreakdown', EventBreakdown],
  ['getExecutionNodeStats', NodeExecutionStats],
  ['getExecutionBilling', ProgramBillingReport],
])('every figure of %s is defined, and no other', (report, schema) => {
  const fields = [...new Set(numbersIn(schema as Schema, ''))].filter((field) => !isNoFigure(field))
  expect(metricsCatalog.flatMap((metric) => metric.fields[report] ?? []).sort()).toEqual(fields.sort())
})

/** The value at a place that has no list or map. */
function valueAt(report: Report, place: string): unknown {
  return place.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], answers[report])
}

const byName = new Map(metricsCatalog.map((metric) => [metric.name, metric]))

/** A metric's value: in the same part of the same report if it is there, else in any. */
function metricValue(name: string, near: { report: Report; place: string }): number {
  const { fields } = byName.get(name) as Metric
  const part = near.place.slice(0, near.place.lastIndexOf('.') + 1)
  const places = Object.entries(fields).flatMap(([report, all]) => all.map((place) => ({ report: report as Report, place })))
  const simple = places.filter(({ place }) => !/[[*]/.test(place))
  const found = simple.find(({ report, place }) => report === near.report && place.startsWith(part)) ?? simple[0]
  if (!found) throw new Error(`${name} stands nowhere alone`)
  return valueAt(found.report, found.place) as number
}

const computed = metricsCatalog.flatMap(({ name, formula, fields }) =>
  formula.type === 'events'
    ? []
    : Object.entries(fields).flatMap(([report, places]) =>
        places.filter((place) => !/[[*]/.test(place)).map((place) => [name, report as Report, place, formula] as const),
      ),
)

test.each(computed)('%s in %s at %s is what its formula says', (_name, report, place, formula) => {
  const of = (name: string) => metricValue(name, { report, place })
  const value = valueAt(report, place)
  if (formula.type === 'sum') expect(value).toBe(formula.of.reduce((sum, name) => sum + of(name), 0))
  else if (formula.type === 'ratio') expect(value).toBeCloseTo((of(formula.part) / of(formula.whole)) * 100, 2)
  else expect(value).toBeCloseTo(of(formula.total) / of(formula.items), 6)
})

test('names are unique, and formulas name metrics that exist', () => {
  expect(byName.size).toBe(metricsCatalog.length)
  expect(computed.length).toBeGreaterThan(10)
  for (const { formula } of metricsCatalog) {
    const named = { events: [], sum: formula.type === 'sum' ? formula.of : [], ratio: [], mean: [] }[formula.type]
    for (const name of named) expect(byName.has(name), name).toBe(true)
  }
})

test('the catalog is listed', async () => {
  const answer = await app.inject({ url: '/metrics-catalog', headers: await service.as('supervisor') })
  const { metrics } = answer.json()
  expect(metrics).toHaveLength(metricsCatalog.length)
  expect(metrics).toContainEqual({
    name: 'reachRate',
    label: 'Reach rate',
    unit: 'percent',
    formula: 'contactsCompleted / totalContacts, in percent',
    source: 'metrics',
    fields: ['getExecutionReport: contactMetrics.reachRate'],
  })
  expect((await app.inject({ url: '/metrics-catalog', headers: await service.as('agent') })).statusCode).toBe(403)
})
