import type { ExecutionStatus } from '@carillon/contracts/execution'
import { describe, expect, test } from 'vitest'
import { ended, notDialed, started } from '../../test/support/carrier.ts'
import { at, begun, dueContact, ordered, type TurnCase, turnCase } from '../../test/support/turn.ts'
import type { CallFact } from './call-facts.ts'
import type { Contact } from './contact.ts'
import { initialCounts } from './contact-counts.ts'
import { dialOrder } from './dial-order.ts'
import type { ExecutionRules } from './execution-rules.ts'
import {
  afterSweep,
  afterWrites,
  concludeTurn,
  decidePace,
  foldFacts,
  hasUnwrittenDue,
  lookAhead,
  mustSweep,
  sendAgain,
  type Turn,
  waitForDids,
} from './turn.ts'

const contactId = 'contact-1'
const callId = '018f0000-0000-7000-a000-000000000001'
const queued: Contact = { status: 'queued', attempt: 1, callId }
const counts = (change: Partial<ReturnType<typeof initialCounts>>) => ({ ...initialCounts(0), ...change })
const types = ({ events }: Turn) => events.map((event) => event.type)
const conclude = (turnOf: TurnCase, turn: Turn) => concludeTurn(turnOf.rules, turn, turnOf.time)

const call = { callId, attempt: 1, didNumber: '+212522000001', notBeforeMs: at('09:59:30'), notAfterMs: at('09:59:30') }
const { contact: _, didNumber: __, ...snapshot } = dueContact(contactId)
const orderOf = ({ plan }: ExecutionRules) => dialOrder(plan, snapshot, call)

function fold(turnOf: TurnCase, facts: readonly CallFact[], contact: Contact = queued, turn = begun(turnOf)): Turn {
  return foldFacts(turnOf.rules, turn, facts, new Map([[contactId, contact]]), turnOf.time.nowMs)
}

describe('the beginning of a turn', () => {
  test.each<{ title: string; status: ExecutionStatus; now: string; stopAt: string | null; becomes: ExecutionStatus; event?: string }>([
    {
      title: 'starts a scheduled execution at its start',
      status: 'scheduled',
      now: '09:00:00',
      stopAt: null,
      becomes: 'running',
      event: 'execution.started',
    },
    { title: 'leaves it scheduled before', status: 'scheduled', now: '08:59:59', stopAt: null, becomes: 'scheduled' },
    {
      title: 'stops a running one at its stop',
      status: 'running',
      now: '10:00:00',
      stopAt: '10:00:00',
      becomes: 'stopped',
      event: 'execution.stopped',
    },
    {
      title: 'stops a paused one too',
      status: 'paused',
      now: '10:00:00',
      stopAt: '10:00:00',
      becomes: 'stopped',
      event: 'execution.stopped',
    },
    { title: 'leaves it running before', status: 'running', now: '09:59:59', stopAt: '10:00:00', becomes: 'running' },
  ])('$title', ({ status, now, stopAt, becomes, event }) => {
    const plan = { scheduledStopAtMs: stopAt === null ? null : at(stopAt) }
    const turn = begun(turnCase({ plan, state: { status }, nowMs: at(now) }))
    expect(turn.state.status).toBe(becomes)
    expect(types(turn)).toEqual(event ? [event] : [])
  })

  test('refills the bucket of an execution with a start rate, and of no other', () => {
    const bucket = { tokens: 0, atMs: at('09:59:59') }
    expect(begun(turnCase({ plan: { callsPerSecond: 5 }, outlook: { bucket } })).outlook.bucket).toEqual({
      tokens: 5,
      atMs: at('10:00:00'),
    })
    expect(begun(turnCase({ outlook: { bucket } })).outlook.bucket).toBe(bucket)
  })
})

describe('facts', () => {
  const running = turnCase({
    plan: { totalContacts: 10, retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 1 } },
    state: { counts: counts({ pending: 9, queued: 1 }) },
  })
  const order = orderOf(running.rules)
  const now = running.time.nowMs

  test.each<{ title: string; facts: CallFact[]; becomes: Contact; counts: object }>([
    {
      title: 'a call that started',
      facts: [started(order, now)],
      becomes: { ...queued, status: 'calling' },
      counts: { queued: 0, calling: 1 },
    },
    {
      title: 'a call that started and ended in one batch',
      facts: [started(order, now), ended(order, now, 'completed')],
      becomes: { ...queued, status: 'completed' },
      counts: { queued: 0, calling: 0, completed: 1 },
    },
    {
      title: 'a busy call with one retry left',
      facts: [ended(order, now, 'busy')],
      becomes: { status: 'pending_retry', attempt: 1, dueAtMs: at('10:30:00'), callId },
      counts: { queued: 0, pendingRetry: 1 },
    },
    {
      title: 'an order that came too late',
      facts: [notDialed(order, now, 'expired')],
      becomes: { status: 'pending', attempt: 0, dueAtMs: now, callId: null },
      counts: { queued: 0, pending: 10 },
    },
  ])('$title: the contact is written as it is at the end', ({ facts, becomes, counts: expected }) => {
    const turn = fold(running, facts)
    expect([...turn.writes.values()].map((write) => write.contact)).toEqual([becomes])
    expect(turn.state.counts).toMatchObject(expected)
    expect(turn.changes.at(-1)).toEqual({ contactId, contact: becomes })
  })

  test('a turn without a change stays the same', () => {
    const turn = begun(running)
    expect(fold(running, [], queued, turn)).toBe(turn)
    expect(fold(running, [ended(order, now, 'busy')], { status: 'queued', attempt: 2, callId: 'another' }, turn)).toBe(turn)
  })

  test('a contact that returns to the queue of first attempts resets the cursor; a retry does not', () => {
    const cursors = new Map([['', { dueAtMs: at('09:00:00'), contactId: 'contact-9' }]])
    const turnOf = { ...running, outlook: { ...running.outlook, cursors } }
    expect(fold(turnOf, [notDialed(order, now, 'expired')]).outlook.cursors).toEqual(new Map())
    expect(fold(turnOf, [ended(order, now, 'busy')]).outlook.cursors).toEqual(cursors)
  })

  test('a contact that waits again brings the next due instant forward', () => {
    const turnOf = { ...running, outlook: { ...running.outlook, nextDueAtMs: at('12:00:00') } }
    expect(fold(turnOf, [ended(order, now, 'busy')]).outlook.nextDueAtMs).toBe(at('10:30:00'))
    expect(fold(turnOf, [ended(order, now, 'completed')]).outlook.nextDueAtMs).toBe(at('12:00:00'))
  })

  test('a contact that is due at once has to be written before contacts are claimed', () => {
    const late = fold(running, [notDialed(order, now, 'expired')])
    expect(hasUnwrittenDue(late, now)).toBe(true)
    expect(hasUnwrittenDue(afterWrites(late), now)).toBe(false)
    expect(hasUnwrittenDue(fold(running, [ended(order, now, 'busy')]), now)).toBe(false)
  })

  test('the event of the changes names the last fact, and has the next revision', () => {
    const facts = [started(order, now), ended(order, now, 'busy')]
    const turn = conclude(running, fold(running, facts))
    expect(turn.events).toMatchObject([
      {
        type: 'execution.contacts_changed',
        causationId: facts[1]?.id,
        data: { revision: 5, changes: [{ status: 'calling' }, { status: 'pending_retry' }] },
      },
    ])
    expect(turn.state.revision).toBe(5)
    expect(turn.outlook.revision).toBe(5)
  })
})

describe('the pace of a turn', () => {
  // 2 March 2026 is a Monday.
  const pauseWindows = { monday: [{ startAt: { hour: 11, minute: 0 }, endAt: { hour: 12, minute: 0 } }] }
  test.each<{ title: string; turnOf: TurnCase; pace: object }>([
    { title: 'claims what the concurrency allows', turnOf: turnCase(), pace: { type: 'claim', room: 10, notAfterMs: at('10:00:30') } },
    {
      title: 'claims what the start rate allows',
      turnOf: turnCase({ plan: { callsPerSecond: 4 }, outlook: { bucket: { tokens: 0, atMs: at('09:59:59.500') } } }),
      pace: { type: 'claim', room: 2 },
    },
    {
      title: 'waits for the start',
      turnOf: turnCase({ state: { status: 'scheduled' }, nowMs: at('08:30:00') }),
      pace: { type: 'wait', untilMs: at('09:00:00') },
    },
    {
      title: 'waits for the end of a pause window',
      turnOf: turnCase({ plan: { pauseWindows, timezone: 'UTC' }, nowMs: at('11:15:00') }),
      pace: { type: 'wait', untilMs: at('12:00:00') },
    },
    {
      title: 'waits no longer than until the stop',
      turnOf: turnCase({ plan: { pauseWindows, timezone: 'UTC', scheduledStopAtMs: at('11:30:00') }, nowMs: at('11:15:00') }),
      pace: { type: 'wait', untilMs: at('11:30:00') },
    },
    {
      title: 'waits for the next due contact',
      turnOf: turnCase({ outlook: { nextDueAtMs: at('10:45:00') } }),
      pace: { type: 'wait', untilMs: at('10:45:00') },
    },
    {
      title: 'waits for a command while paused',
      turnOf: turnCase({ state: { status: 'paused' } }),
      pace: { type: 'wait', untilMs: Infinity },
    },
  ])('$title', ({ turnOf, pace }) => {
    expect(decidePace(turnOf.rules, begun(turnOf), turnOf.time)).toMatchObject(pace)
  })
})

describe('the next look', () => {
  const lookAfter = (turnOf: TurnCase, turn: Turn) => conclude(turnOf, turn).outlook.nextLookAtMs

  test('is now while there is room and contacts may be due', () => {
    const turnOf = turnCase()
    expect(lookAfter(turnOf, begun(turnOf))).toBe(turnOf.time.nowMs)
  })

  test('is at the next due instant once that has been read', () => {
    const turnOf = turnCase()
    const turn = lookAhead(begun(turnOf), at('11:00:00'), turnOf.time.nowMs)
    expect(lookAfter(turnOf, turn)).toBe(at('11:00:00'))
  })

  test('reads the queue from its beginning when a contact is due that the claim did not find', () => {
    const cursors = new Map([['', { dueAtMs: at('09:00:00'), contactId: 'contact-9' }]])
    const turnOf = turnCase({ outlook: { cursors } })
    expect(lookAhead(begun(turnOf), at('09:00:00'), turnOf.time.nowMs).outlook.cursors).toEqual(new Map())
    expect(lookAhead(begun(turnOf), at('11:00:00'), turnOf.time.nowMs).outlook.cursors).toEqual(cursors)
  })

  test.each([null, at('18:00:00')])('without a DID waits for one, or for the stop (%s)', (scheduledStopAtMs) => {
    const turnOf = turnCase({ plan: { scheduledStopAtMs } })
    const turn = conclude(turnOf, waitForDids(begun(turnOf)))
    expect(turn.outlook).toMatchObject({ needsDids: true, nextLookAtMs: scheduledStopAtMs ?? Infinity })
    expect(begun({ ...turnOf, outlook: turn.outlook }).outlook.needsDids).toBe(false)
  })
})

describe('an execution ends', () => {
  const last = turnCase({ plan: { totalContacts: 10 }, state: { counts: counts({ completed: 9, queued: 1 }) } })
  const order = orderOf(last.rules)

  test('completed and settled after its last contact, in the turn that tells of it', () => {
    const turn = conclude(last, fold(last, [ended(order, last.time.nowMs, 'completed')]))
    expect(types(turn)).toEqual(['execution.contacts_changed', 'execution.completed'])
    expect(turn.events.map((event) => event.data.revision)).toEqual([5, 6])
    expect(turn.state).toMatchObject({ status: 'completed', revision: 6, settled: true })
    expect(turn.outlook).toMatchObject({ revision: 6, isSettled: true })
  })

  test('completed also while paused', () => {
    const paused = { ...last, state: { ...last.state, status: 'paused' as const } }
    expect(conclude(paused, fold(paused, [ended(order, last.time.nowMs, 'busy')])).state).toMatchObject({
      status: 'completed',
      counts: { failed: 1 },
    })
  })

  test.each<{ title: string; queuedCalls: number; swept: boolean | null; settled: boolean; nextLookAtMs: number }>([
    { title: 'not settled before its rows are swept', queuedCalls: 0, swept: null, settled: false, nextLookAtMs: at('10:00:00') },
    { title: 'swept in several turns', queuedCalls: 0, swept: false, settled: false, nextLookAtMs: at('10:00:00') },
    { title: 'not settled while a call is in progress', queuedCalls: 1, swept: true, settled: false, nextLookAtMs: Infinity },
    { title: 'settled once swept, without a call in progress', queuedCalls: 0, swept: true, settled: true, nextLookAtMs: Infinity },
  ])('cancelled: $title', ({ queuedCalls, swept, settled, nextLookAtMs }) => {
    const state = { status: 'cancelled' as const, counts: counts({ queued: queuedCalls, skipped: 10 - queuedCalls }) }
    const turnOf = turnCase({ plan: { totalContacts: 10 }, state })
    const turn = begun(turnOf)
    expect(mustSweep(turn)).toBe(true)
    const concluded = conclude(turnOf, swept === null ? turn : afterSweep(turn, swept))
    expect(concluded.state.settled).toBe(settled)
    expect(concluded.outlook).toMatchObject({ isSettled: settled, isSwept: swept === true, nextLookAtMs })
    expect(concluded.events).toEqual([])
  })

  test('a running execution is not swept', () => {
    expect(mustSweep(begun(last))).toBe(false)
  })

  test('a turn whose contacts do not add up is refused', () => {
    const wrong = { ...last, state: { ...last.state, counts: counts({ queued: 11 }) } }
    expect(() => conclude(wrong, begun(wrong))).toThrow(/add up/)
  })
})

test('an overdue order is sent again with a message id of its own and no time in which it could be dialed, and is no new call', () => {
  const turnOf = turnCase()
  const [first, second] = [1, 2].map((nowMs) => sendAgain(turnOf.rules, begun(turnOf), [{ ...snapshot, ...call }], nowMs))
  const again = (times: number) => [{ ...orderOf(turnOf.rules), id: `${callId}:again:${times}` }]
  expect([first?.orders, second?.orders]).toEqual([again(1), again(2)])
  expect(first?.ordered).toEqual([])
  expect(conclude(turnOf, first ?? begun(turnOf)).events).toEqual([])
})

test('a turn is left as it was by every step', () => {
  const turnOf = turnCase({ state: { counts: counts({ pending: 99, queued: 1 }) } })
  const turn = begun(turnOf)
  const before = structuredClone(turn)
  fold(turnOf, [ended(orderOf(turnOf.rules), turnOf.time.nowMs, 'completed')], queued, turn)
  ordered(turnOf, [dueContact('contact-2')], turn)
  conclude(turnOf, turn)
  expect(turn).toEqual(before)
})
