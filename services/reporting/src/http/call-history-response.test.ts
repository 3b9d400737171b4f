import type { CallHistoryItem } from '@carillon/contracts/report'
import { expect, test } from 'vitest'
import { eventsOf, plannedCall } from '../../test/support/events.ts'
import { foldCallEvents } from '../domain/call-batch.ts'
import { callHistoryItem } from './call-history-response.ts'

test.each<[string, Parameters<typeof plannedCall>[0], bigint | undefined, Partial<CallHistoryItem>]>([
  ['going on', {}, undefined, { status: 'ongoing', outcome: null }],
  [
    'answered and rated',
    { end: { outcome: 'completed', flowOutcome: 'abandoned', durationMs: 45_000 } },
    3_375_000n,
    { status: 'completed', outcome: 'completed', endedAt: '2025-12-15T09:30:49.000Z', durationMs: 45_000, totalCost: 3.375 },
  ],
  [
    'not answered and rated at nothing',
    { end: { outcome: 'no_answer', flowOutcome: 'failed', durationMs: null } },
    0n,
    { status: 'no_answer', outcome: 'no_answer', endedAt: '2025-12-15T09:30:07.000Z' },
  ],
])('a call of the history that is %s', (_title, plan, cost, expected) => {
  const { end: _end, ...open } = plannedCall(plan)
  const planned = plan?.end ? { ...open, end: plan.end } : open
  const { started, ended } = foldCallEvents(new Map(), eventsOf(planned))
  const [call] = started
  if (!call) throw new Error('the call was started')
  expect(callHistoryItem(call, ended[0], cost)).toEqual({
    callId: planned.callId,
    contactId: planned.contactId,
    from: '+212500000001',
    to: '+212612345678',
    direction: 'outbound',
    attempt: 1,
    startedAt: '2025-12-15T09:30:00.000Z',
    ...expected,
  })
})
