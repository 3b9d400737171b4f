import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { contactsChanged, eventsOf, flowNodes, launched, newId, noContacts, plannedCall, ratingOf } from './support/events.ts'
import { csvLines, sheetsOf } from './support/files.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

const executionId = newId()
const busy = { outcome: 'busy', flowOutcome: 'failed', durationMs: null } as const
const calls = [
  plannedCall({ executionId, callId: newId() }),
  plannedCall({ executionId, callId: newId(), nodes: [{ nodeId: 'dial' }], end: busy }),
  plannedCall({ executionId, callId: newId(), attempt: 2 }),
]

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator
beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  const ratings = calls.map((call) => ratingOf(call, [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }]))
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, executionsProjection, [
      launched(executionId, {
        flowName: '=HYPERLINK("http://evil", "Flow")',
        nodes: [...flowNodes, { id: '@late', type: 'play', label: '-1+2' }],
      }),
      contactsChanged(executionId, 2, 1_000, { ...noContacts, completed: 2 }),
    ])
    await applied(tx, callsProjection, calls.flatMap(eventsOf))
    await applied(tx, billingProjection, ratings)
  })
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

async function ask(path: string, method: 'GET' | 'HEAD' = 'GET', id = executionId, overrides = {}) {
  return app.inject({ method, url: `/program-execution/${id}/report${path}`, headers: await service.as('supervisor', overrides) })
}

/** The sections of a CSV file by title: sections are apart by an empty line. */
async function sectionsOf(file: string): Promise<Record<string, string[][]>> {
  const lines = await csvLines(file)
  const sections: Record<string, string[][]> = {}
  let current: string[][] = []
  for (const [index, line] of lines.entries()) {
    const isTitle = line.length === 1 && line[0] !== '' && (index === 0 || lines[index - 1]?.join('') === '')
    if (isTitle) {
      current = []
      sections[line[0] ?? ''] = current
    } else if (line.join('') !== '') current.push(line)
  }
  return sections
}

test('the workbook has the three sheets, with the figures of the reports, and numbers are numbers', async () => {
  const [file, report, breakdown, nodeStats] = [
    await ask('/export'),
    (await ask('')).json(),
    (await ask('/breakdown')).json(),
    (await ask('/node-stats')).json(),
  ]
  expect(file.statusCode).toBe(200)
  expect(file.headers['content-type']).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  expect(file.headers['content-disposition']).toBe(`attachment; filename="report-${executionId}.xlsx"`)
  expect(file.headers['carillon-as-of']).toBeDefined()
  const sheets = sheetsOf(file.rawPayload)
  expect(Object.keys(sheets)).toEqual(['Summary', 'Breakdown', 'Node Stats'])
  const summary = new Map(sheets.Summary?.map(([metric, value]) => [metric, value]))
  expect(summary.get('Execution ID')).toBe(executionId)
  expect(summary.get('Total Calls')).toBe(report.callMetrics.totalCalls)
  expect(summary.get('Busy')).toBe(1)
  expect(summary.get('Answer Rate (%)')).toBe(66.67)
  expect(summary.get('Reach Rate (%)')).toBe(report.contactMetrics.reachRate)
  expect(summary.get('Total Credits Used')).toBe(5.625225)
  expect(summary.get('Scheduled Stop At')).toBeNull()
  const [header, first, second, total] = sheets.Breakdown ?? []
  expect(header?.slice(0, 3)).toEqual(['Attempt', 'Calls Attempted', 'Calls Connected'])
  expect([first, second].map((row) => row?.[0])).toEqual([1, 2])
  expect(total?.slice(0, 2)).toEqual(['Total', breakdown.total.callsAttempted])
  const menu = sheets['Node Stats']?.find(([nodeId]) => nodeId === 'menu')
  expect(menu).toEqual(['menu', 'dtmf', 'Main Menu', 2, 2, 66.67, '1: 2', '1: 100'])
  expect(sheets['Node Stats']).toHaveLength(nodeStats.nodes.length + 3)
})

test('the CSV file has the same cells in three sections', async () => {
  const [csv, xlsx] = [await ask('/export?format=csv'), await ask('/export?format=xlsx')]
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(csv.headers['content-disposition']).toBe(`attachment; filename="report-${executionId}.csv"`)
  const texts = Object.entries(sheetsOf(xlsx.rawPayload)).map(([name, rows]) => [
    name,
    rows.map((row) => row.map((cell) => String(cell ?? ''))),
  ])
  const sections = await sectionsOf(csv.body)
  // The one figure that moves between the two requests.
  const still = (rows: string[][]) => rows.filter(([metric]) => metric !== 'Duration (ms)')
  for (const [name, rows] of texts as [string, string[][]][]) expect(still(sections[name] ?? [])).toEqual(still(rows))
})

test('texts of users cannot run as formulas in either format', async () => {
  const csv = (await ask('/export?format=csv')).body
  const sheets = sheetsOf((await ask('/export')).rawPayload)
  expect(new Map(sheets.Summary?.map(([metric, value]) => [metric, value])).get('Flow Name')).toBe(`'=HYPERLINK("http://evil", "Flow")`)
  expect(sheets['Node Stats']?.find(([nodeId]) => nodeId === "'@late")?.[2]).toBe("'-1+2")
  expect(csv).toContain(`"'=HYPERLINK(""http://evil"", ""Flow"")"`)
  expect(csv).toContain("'@late,play,'-1+2,")
})

test('HEAD answers the headers of the file alone', async () => {
  const head = await ask('/export?format=csv', 'HEAD')
  expect(head.statusCode).toBe(200)
  expect(head.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(head.headers['content-disposition']).toBe(`attachment; filename="report-${executionId}.csv"`)
  expect(head.body).toBe('')
  expect((await ask('/export', 'HEAD', newId())).statusCode).toBe(404)
})

test('what does not exist, is another organization’s or is asked wrongly is refused', async () => {
  for (const response of [
    await ask('/export', 'GET', newId()),
    await ask('/export', 'GET', executionId, { organizationId: otherOrganizationId }),
  ]) {
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ error: 'NotFoundException' })
    expect(response.headers['content-disposition']).toBeUndefined()
  }
  const wrong = await ask('/export?format=pdf')
  expect(wrong.statusCode).toBe(400)
  expect(wrong.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer: '/query/format' }] })
})
