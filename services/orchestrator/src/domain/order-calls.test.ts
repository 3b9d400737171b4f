import { describe, expect, test } from 'vitest'
import { at, begun, dueContact, ordered, turnCase } from '../../test/support/turn.ts'
import { type DueContact, withinRoom } from './order-calls.ts'

const didsOf = (turn: ReturnType<typeof ordered>) => turn.orders.map((order) => order.data.from)

test('each due contact gets an order, and its row says so', () => {
  const turnOf = turnCase()
  const turn = ordered(turnOf, [dueContact('a'), dueContact('b', { status: 'pending_retry', attempt: 2, callId: 'call-0' })])
  expect(turn.orders.map(({ data }) => [data.contactId, data.attempt, data.notAfter])).toEqual([
    ['a', 1, '2026-03-02T10:00:30.000Z'],
    ['b', 3, '2026-03-02T10:00:30.000Z'],
  ])
  expect([...turn.writes.values()]).toMatchObject([
    { contactId: 'a', contact: { status: 'queued', attempt: 1 }, orderNotAfterMs: at('10:00:30') },
    { contactId: 'b', contact: { status: 'queued', attempt: 3 }, orderNotAfterMs: at('10:00:30') },
  ])
  expect(turn.ordered.map((call) => call.callId)).toEqual(turn.orders.map((order) => order.id))
})

test('an order takes one token and moves the contact in the counts', () => {
  const turnOf = turnCase({ plan: { callsPerSecond: 5 }, outlook: { bucket: { tokens: 3, atMs: at('10:00:00') } } })
  const turn = ordered(turnOf, [dueContact('a'), dueContact('b')])
  expect(turn.outlook.bucket.tokens).toBe(1)
  expect(turn.state.counts).toMatchObject({ pending: 98, queued: 2 })
})

test('an execution without a start rate has no tokens to take', () => {
  const turnOf = turnCase()
  expect(ordered(turnOf, [dueContact('a')]).outlook.bucket).toEqual(turnOf.outlook.bucket)
})

test('first attempts move the cursor, retries do not', () => {
  const retry = dueContact('b', { status: 'pending_retry', attempt: 1, callId: 'call-0' })
  const turnOf = turnCase({ state: { counts: { ...turnCase().state.counts, pending: 99, pendingRetry: 1 } } })
  expect(ordered(turnOf, [dueContact('a'), retry]).outlook.cursors).toEqual(new Map([['', { dueAtMs: at('09:00:00'), contactId: 'a' }]]))
  expect(ordered(turnOf, [retry]).outlook.cursors).toEqual(new Map())
})

describe('DIDs', () => {
  test('rotate over the pool from where the execution stands', () => {
    const turn = ordered(turnCase({ state: { didCursor: 1 } }), [dueContact('a'), dueContact('b'), dueContact('c')])
    expect(didsOf(turn)).toEqual(['+212522000002', '+212522000001', '+212522000002'])
    expect(turn.state.didCursor).toBe(4)
  })

  test('stay with their contact while they are in the pool', () => {
    const kept = dueContact('a', {}, { didNumber: '+212522000002' })
    const gone = dueContact('b', {}, { didNumber: '+212522000009' })
    const turn = ordered(turnCase(), [kept, gone])
    expect(didsOf(turn)).toEqual(['+212522000002', '+212522000001'])
    expect(turn.state.didCursor).toBe(1)
  })
})

describe('calling hours', () => {
  // 2 March 2026 is a Monday. Paris is an hour ahead of UTC then; London is not.
  const callingHours = { monday: [{ startAt: { hour: 11, minute: 0 }, endAt: { hour: 18, minute: 0 } }] }
  const paris = dueContact('paris', {}, { phone: '+33612345678' })
  const london = dueContact('london', {}, { phone: '+447911123456' })

  test('a contact outside its hours waits until they open, without an order', () => {
    const turn = ordered(turnCase({ plan: { callingHours } }), [paris, london])
    expect(turn.orders.map((order) => order.data.contactId)).toEqual(['paris'])
    expect(turn.writes.get('london')).toMatchObject({
      contact: { status: 'pending', attempt: 0, dueAtMs: at('11:00:00') },
      orderNotAfterMs: null,
    })
    expect(turn.state.counts).toMatchObject({ pending: 99, queued: 1 })
  })

  test('an order ends when the contact’s hours close', () => {
    const turn = ordered(turnCase({ plan: { callingHours }, nowMs: at('17:59:50') }), [london])
    expect(turn.ordered).toMatchObject([{ notAfterMs: at('18:00:00') }])
  })

  test('a contact that may never be called is skipped', () => {
    const turn = ordered(turnCase({ plan: { callingHours: {} } }), [london])
    expect(turn.orders).toEqual([])
    expect(turn.writes.get('london')).toMatchObject({ contact: { status: 'skipped', attempt: 0, skipReason: 'calling_hours' } })
    expect(turn.state.counts).toMatchObject({ pending: 99, skipped: 1 })
  })
})

describe('a number of the do-not-call list', () => {
  const [first, listed, second, third] = ['1', '9', '2', '3'].map((digit) =>
    dueContact(`c-${digit}`, {}, { phone: `+21260000000${digit}` }),
  )
  const due = [first, listed, second, third].flatMap((contact) => contact ?? [])
  const doNotCall = new Set(['+212600000009'])

  test('is skipped, in its calling hours or not', () => {
    for (const callingHours of [null, {}]) {
      const testCase = turnCase({ plan: { callingHours } })
      const turn = ordered(testCase, [due[1] as DueContact], begun(testCase), doNotCall)
      expect(turn.orders).toEqual([])
      expect(turn.writes.get('c-9')).toMatchObject({ contact: { status: 'skipped', attempt: 0, skipReason: 'do_not_call' } })
      expect(turn.state.counts).toMatchObject({ pending: 99, skipped: 1 })
    }
  })

  test.each([
    [0, []],
    [1, ['c-1', 'c-9']],
    [2, ['c-1', 'c-9', 'c-2']],
    [3, ['c-1', 'c-9', 'c-2', 'c-3']],
    [9, ['c-1', 'c-9', 'c-2', 'c-3']],
  ])('takes nobody’s room: %i', (room, expected) => {
    expect(withinRoom(due, doNotCall, room).map(({ contactId }) => contactId)).toEqual(expected)
  })
})
