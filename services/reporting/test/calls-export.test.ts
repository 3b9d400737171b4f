import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import {
  at,
  contactsChanged,
  eventsOf,
  flowNodes,
  launched,
  newId,
  noContacts,
  type PlannedCall,
  plannedCall,
  ratingOf,
} from './support/events.ts'
import { csvLines, sheetsOf } from './support/files.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'
import { standInProgramApi } from './support/program-api.ts'

const attributes = [
  { slug: 'amount', displayName: 'Amount due' },
  { slug: 'city', displayName: 'City' },
  { slug: 'town', displayName: 'City' },
  { slug: 'phone', displayName: 'Phone' },
]
/** Beside the usual flow: a label that is there twice, one that would be a formula, and nodes without columns. */
const nodes = [
  ...flowNodes,
  { id: 'again', type: 'play', label: 'Welcome' },
  { id: 'sum', type: 'set_variable', label: '=Sum' },
  { id: 'pick-up', type: 'answer', label: 'Answer' },
]

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator
let closeProgramApi: () => Promise<void>
beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  closeProgramApi = standInProgramApi(service.deps, attributes)
})
afterAll(async () => {
  await app.close()
  await closeProgramApi()
  await orchestrator.close()
  await service.close()
})

/** An execution with these calls, all followed by the orchestrator; those that ended are rated. */
async function executionWith(calls: (executionId: string) => PlannedCall[]): Promise<{ executionId: string; calls: PlannedCall[] }> {
  const executionId = newId()
  const planned = calls(executionId)
  const rated = planned
    .filter(({ end }) => end)
    .map((call) => ratingOf(call, [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }]))
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, executionsProjection, [launched(executionId, { nodes })])
    await applied(tx, callsProjection, planned.flatMap(eventsOf))
    await applied(tx, billingProjection, rated)
    await applied(tx, executionsProjection, [contactsChanged(executionId, 2, 1_000, { ...noContacts, completed: 2 })])
  })
  return { executionId, calls: planned }
}

async function ask(id: string, query = '', method: 'GET' | 'HEAD' = 'GET', overrides = {}) {
  return app.inject({
    method,
    url: `/program-execution/${id}/report/calls/export${query}`,
    headers: await service.as('supervisor', overrides),
  })
}

const busy = { outcome: 'busy', flowOutcome: 'failed', durationMs: null } as const

function smallCampaign(executionId: string): PlannedCall[] {
  const ziani = { contactId: newId(), firstName: 'Amina', lastName: 'Ziani' }
  const call = (overrides: Partial<PlannedCall>) => plannedCall({ executionId, callId: newId(), ...overrides })
  return [
    call({ ...ziani, nodes: [{ nodeId: 'dial' }], end: busy }),
    call({ firstName: 'Nobody' }),
    call({ firstName: 'Élodie', lastName: 'Émery' }),
    call({
      ...ziani,
      attempt: 2,
      nodes: [{ nodeId: 'dial' }, { nodeId: 'menu', digits: '9' }, { nodeId: 'menu', digits: '12' }],
      variables: {
        'contact.customAttributes.amount': 12.5,
        'contact.customAttributes.city': '+1+cmd',
        'contact.customAttributes.town': true,
      },
    }),
    (({ end: _end, ...ongoing }) => ongoing)(call({ lastName: 'Faris', nodes: [{ nodeId: 'dial' }] })),
  ]
}

const fixed = [
  ...['Call ID', 'Contact ID', 'First Name', 'Last Name', 'Phone', 'From', 'To', 'Direction', 'Attempt', 'Status', 'Outcome'],
  ...['Outcome Reason', 'Flow Outcome', 'Started At', 'Answered At', 'Ended At', 'Duration (ms)', 'Total Cost'],
]
const ofAttributes = ['Amount due', 'City (city)', 'City (town)', 'Phone (phone)']
const ofNodes = [
  ...['Dial Contact: Result', 'Welcome (welcome): Result', 'Main Menu: Input', 'Main Menu: Branch'],
  ...['record: Result', 'record: Recording ID', 'record: Transcription', 'Welcome (again): Result', "'=Sum: Value"],
]

describe('the calls of an execution', () => {
  let executionId: string
  let calls: PlannedCall[]
  beforeAll(async () => {
    ;({ executionId, calls } = await executionWith(smallCampaign))
  })

  test('have fixed columns, those of attributes by name and those of nodes by label; no two are called the same', async () => {
    const [header] = await csvLines((await ask(executionId, '?format=csv')).body)
    expect(header).toEqual([...fixed, ...ofAttributes, ...ofNodes])
  })

  test('are sorted by last name, those without one at the end, then by attempt', async () => {
    const [, ...rows] = await csvLines((await ask(executionId, '?format=csv')).body)
    const [first, unnamed, emery, second, ongoing] = calls.map(({ callId }) => callId)
    expect(rows.map(([callId]) => callId)).toEqual([emery, ongoing, first, second, unnamed])
  })

  test('have a cell for everything that is known of them', async () => {
    const [header = [], ...rows] = await csvLines((await ask(executionId, '?format=csv')).body)
    const [first, second] = rows.slice(2, 4).map((row) => Object.fromEntries(row.map((cell, column) => [header[column], cell])))
    expect(second).toEqual({
      'Call ID': calls[3]?.callId,
      'Contact ID': calls[3]?.contactId,
      'First Name': 'Amina',
      'Last Name': 'Ziani',
      Phone: '+212612345678',
      From: '+212500000001',
      To: '+212612345678',
      Direction: 'outbound',
      Attempt: '2',
      Status: 'completed',
      Outcome: 'completed',
      'Outcome Reason': 'as planned',
      'Flow Outcome': 'completed',
      'Started At': at(0),
      'Answered At': at(4_000),
      'Ended At': at(29_001),
      'Duration (ms)': '25001',
      'Total Cost': '1.875075',
      'Amount due': '12.5',
      'City (city)': "'+1+cmd",
      'City (town)': 'true',
      'Phone (phone)': '',
      'Dial Contact: Result': 'onComplete',
      'Welcome (welcome): Result': '',
      'Main Menu: Input': '12',
      'Main Menu: Branch': 'onComplete',
      'record: Result': '',
      'record: Recording ID': '',
      'record: Transcription': '',
      'Welcome (again): Result': '',
      "'=Sum: Value": '',
    })
    expect(first).toMatchObject({ Status: 'busy', Outcome: 'busy', 'Answered At': '', 'Duration (ms)': '', 'Main Menu: Input': '' })
  })

  test('that go on have no outcome yet', async () => {
    const [, , ongoing = []] = await csvLines((await ask(executionId, '?format=csv')).body)
    expect(ongoing.slice(9, 18)).toEqual(['ongoing', '', '', '', at(0), '', '', '', ''])
    expect(ongoing.slice(18).join('')).toBe('')
  })

  test('are the same in a workbook, where numbers are numbers', async () => {
    const [csv, xlsx] = [await ask(executionId, '?format=csv'), await ask(executionId)]
    expect(xlsx.headers['content-type']).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    expect(xlsx.headers['content-disposition']).toBe(`attachment; filename="calls-${executionId}.xlsx"`)
    expect(xlsx.headers['carillon-as-of']).toBeDefined()
    const { Calls = [], ...others } = sheetsOf(xlsx.rawPayload)
    expect(others).toEqual({})
    expect(Calls.map((row) => row.map((cell) => String(cell ?? '')))).toEqual(await csvLines(csv.body))
    expect(Calls[4]?.[8]).toBe(2)
    expect(Calls[4]?.[16]).toBe(25_001)
    expect(Calls[4]?.[17]).toBe(1.875075)
  })

  test('are announced by HEAD', async () => {
    const head = await ask(executionId, '?format=csv', 'HEAD')
    expect(head.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(head.headers['content-disposition']).toBe(`attachment; filename="calls-${executionId}.csv"`)
    expect(head.body).toBe('')
  })

  test('are not shown to others', async () => {
    for (const refused of [await ask(newId()), await ask(executionId, '', 'GET', { organizationId: otherOrganizationId })]) {
      expect(refused.statusCode).toBe(404)
      expect(refused.json()).toMatchObject({ error: 'NotFoundException' })
    }
    expect((await ask(executionId, '?format=pdf')).json()).toMatchObject({
      error: 'ValidationError',
      details: [{ pointer: '/query/format' }],
    })
  })
})

test('an execution without calls has a header alone', async () => {
  const executionId = newId()
  orchestrator.launched(launched(executionId, { nodes }))
  expect(await csvLines((await ask(executionId, '?format=csv')).body)).toEqual([[...fixed, ...ofAttributes, ...ofNodes]])
  expect(sheetsOf((await ask(executionId)).rawPayload).Calls).toHaveLength(1)
})

test('every call is there once, however many there are', async () => {
  const { executionId, calls } = await executionWith((id) =>
    Array.from({ length: 1_234 }, (_, index) => plannedCall({ executionId: id, callId: newId(), lastName: `Name ${index % 100}` })),
  )
  const [, ...rows] = await csvLines((await ask(executionId, '?format=csv')).body)
  expect(new Set(rows.map(([callId]) => callId))).toEqual(new Set(calls.map(({ callId }) => callId)))
  expect(rows).toHaveLength(1_234)
  expect(sheetsOf((await ask(executionId)).rawPayload).Calls).toHaveLength(1_235)
})

test('an organization has three downloads at a time; a client that goes away gives its own back', async () => {
  const { executionId } = await executionWith((id) =>
    Array.from({ length: 3_000 }, () => plannedCall({ executionId: id, callId: newId(), variables: { note: 'x'.repeat(1_000) } })),
  )
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const headers = await service.as('supervisor')
  const download = (signal: AbortSignal) =>
    fetch(`${address}/program-execution/${executionId}/report/calls/export?format=csv`, { headers, signal })
  const gone = new AbortController()
  const busyWith = await Promise.all([1, 2, 3].map(() => download(gone.signal)))
  expect(busyWith.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await download(AbortSignal.timeout(5_000))).status).toBe(429)
  const others = await ask(executionId, '', 'GET', { organizationId: otherOrganizationId })
  expect(others.statusCode).toBe(404)
  gone.abort()
  await expect.poll(async () => (await ask(executionId, '?format=csv')).statusCode, { timeout: 10_000 }).toBe(200)
})

test('a call is left out while the services that count contacts and credits have not told of it', async () => {
  const executionId = newId()
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, executionsProjection, [launched(executionId, { nodes, position: 0 })])
    await applied(tx, callsProjection, eventsOf(plannedCall({ executionId, callId: newId() })))
  })
  expect(await csvLines((await ask(executionId, '?format=csv')).body)).toHaveLength(1)
})
