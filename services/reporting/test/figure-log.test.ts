import type { CallEvent } from '@carillon/contracts/call-events'
import { laneOf } from '@carillon/contracts/lane'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldCallEvents } from '../src/domain/call-batch.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { callsV1 } from '../src/read-models/calls-v1/read-model.ts'
import { placed } from './support/applied.ts'
import { counted } from './support/counted.ts'
import { eventsOf, newId, plannedCall, t0 } from './support/events.ts'

let service: TestService
beforeAll(async () => {
  service = await openTestService('reporting')
})
afterAll(() => service.close())

const callCount = 1_500
const batchSize = 1_700

test('the figures at any position are those of the events up to there, before, at and after snapshots', { timeout: 60_000 }, async () => {
  const executionId = newId()
  // A call adds seven changes: its start, four nodes, the digits and its end.
  const events = placed(
    Array.from({ length: callCount }, (_, index): CallEvent[] => {
      const nodes = [{ nodeId: 'dial' }, { nodeId: 'welcome' }, { nodeId: 'menu', digits: String(index % 40) }, { nodeId: 'bye' }]
      return eventsOf(plannedCall({ executionId, attempt: (index % 3) + 1, startedAtMs: t0 + index, nodes }))
    }).flat(),
  )
  for (let from = 0; from < events.length; from += batchSize) {
    const batch = events.slice(from, from + batchSize)
    await service.deps.database.transaction((tx) => callsProjection.apply(tx, laneOf(executionId), batch))
  }
  const snapshots = await service.database.sql<{ position: number }[]>`
    select position from call_figures where execution_id = ${executionId} and snapshot is not null order by position`
  expect(snapshots.length).toBeGreaterThanOrEqual(2)
  const [first] = events
  const last = events.at(-1)
  if (!first || !last) throw new Error('there are events')

  const { orm } = service.deps.database
  const { countsOf, digitBreakdownsOf } = callsV1.queries
  const all = foldCallEvents(new Map(), events)
  const around = snapshots.flatMap(({ position }) => [position - 1, position, position + 1])
  for (const position of [first.position, first.position + 3_333, ...around, last.position]) {
    const expected = counted(all, position)
    const { attempts, nodes } = await countsOf(orm, executionId, position)
    expect(attempts.sort((a, b) => a.attempt - b.attempt)).toEqual(expected.attempts.sort((a, b) => a.attempt - b.attempt))
    expect(nodes).toEqual(expected.nodes)
    const inputs = (await digitBreakdownsOf(orm, executionId, position)).get('menu')?.inputs ?? []
    expect(new Map(inputs.map(({ digits, executions }) => [digits, executions]))).toEqual(
      new Map(expected.digits.map(({ digits, executions }) => [digits, executions])),
    )
  }
})
