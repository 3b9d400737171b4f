import { expect, test } from 'vitest'
import { dialOrder } from '../../test/support/orders.ts'
import { lostCallEnded, lostCallEvents, type OrphanedCall, unrunnableCallEnded } from './lost-call.ts'

const orphan = (given: Partial<OrphanedCall> = {}): OrphanedCall => ({
  order: dialOrder('call-1'),
  lastSeq: 4,
  startedAtMs: 1_000,
  lastEventAtMs: 6_000,
  dialedAtMs: 1_500,
  answeredAtMs: 6_000,
  dialNodeId: 'dial',
  executedNodes: 1,
  lastHeartbeatAtMs: 9_000,
  ...given,
})

test('a lost call that had been answered lasted until the last heartbeat of its bridge', () => {
  const { id, data, time } = lostCallEnded(orphan())
  expect(id).toBe('call-1:5')
  expect(time).toBe('1970-01-01T00:00:09.000Z')
  expect(data).toMatchObject({
    seq: 5,
    outcome: 'failed',
    outcomeReason: 'lost',
    flowOutcome: 'failed',
    durationMs: 3_000,
    dialNodeId: 'dial',
  })
})

test('a lost call that was never answered has no duration', () => {
  expect(lostCallEnded(orphan({ answeredAtMs: null })).data).toMatchObject({ answeredAt: null, durationMs: null })
})

test.each([null, 2_000])('a lost call does not end before its last event: heartbeat %s', (lastHeartbeatAtMs) => {
  expect(lostCallEnded(orphan({ lastHeartbeatAtMs })).data.durationMs).toBe(0)
})

test('the start of a lost call is told with its end, if its bridge had told nothing', () => {
  const told = (lastSeq: number) => lostCallEvents(orphan({ lastSeq })).map(({ type, data }) => [type, data.seq])
  expect(told(0)).toEqual([
    ['call.started', 1],
    ['call.ended', 2],
  ])
  expect(told(4)).toEqual([['call.ended', 5]])
})

test('a call whose flow cannot run was never dialed, and a retry is pointless', () => {
  const { data } = unrunnableCallEnded(dialOrder('call-1'), 1_000, 'The flow version does not exist')
  expect(data).toMatchObject({ seq: 2, outcome: 'failed', dialNodeId: null, dialedAt: null, flowStartedAt: null, retryPointless: true })
})
