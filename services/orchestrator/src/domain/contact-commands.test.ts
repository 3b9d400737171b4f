import { describe, expect, test } from 'vitest'
import { someState } from '../../test/support/execution.ts'
import { at } from '../../test/support/turn.ts'
import type { Contact } from './contact.ts'
import { callNow, contactsJoin, skipContact } from './contact-commands.ts'
import { totalOf } from './contact-counts.ts'

const nowMs = at('10:00:00')
const counts = { pending: 5, queued: 1, calling: 1, pendingRetry: 2, completed: 1, failed: 0, skipped: 0 }
const state = someState({ counts, revision: 7 })
const waits: Contact = { status: 'pending_retry', attempt: 2, dueAtMs: at('12:00:00'), callId: 'call-2' }

test('a contact that waits is skipped, or due at once with its attempts', () => {
  const skipped = skipContact(state, 'c', waits)
  expect(skipped.changes).toEqual([
    { contactId: 'c', contact: { status: 'skipped', attempt: 2, callId: 'call-2', skipReason: 'operator' } },
  ])
  expect(skipped.state).toMatchObject({ revision: 8, counts: { ...counts, pendingRetry: 1, skipped: 1 } })
  const called = callNow(state, 'c', waits, nowMs)
  expect(called.changes).toEqual([{ contactId: 'c', contact: { ...waits, dueAtMs: nowMs } }])
  expect(called.state).toMatchObject({ revision: 8, counts })
})

test('contacts that join wait for their first call', () => {
  const joined = contactsJoin(state, ['a', 'b'], nowMs)
  expect(joined.state).toMatchObject({ revision: 8, counts: { ...counts, pending: 7 } })
  expect(totalOf(joined.state.counts)).toBe(12)
  expect(joined.changes.map(({ contact }) => contact)).toEqual(
    Array(2).fill({ status: 'pending', attempt: 0, dueAtMs: nowMs, callId: null }),
  )
  expect(contactsJoin(state, [], nowMs)).toEqual({ state, changes: [] })
})

describe('is refused', () => {
  const others: Contact[] = [
    { status: 'queued', attempt: 1, callId: 'call-1' },
    { status: 'calling', attempt: 1, callId: 'call-1' },
    { status: 'completed', attempt: 1, callId: 'call-1' },
    { status: 'failed', attempt: 1, callId: 'call-1' },
    { status: 'skipped', attempt: 0, callId: null, skipReason: 'do_not_call' },
  ]
  test.each(others)('for a contact that does not wait: $status', (contact) => {
    const refusal = expect.objectContaining({ name: 'ContactInCallError' })
    expect(() => skipContact(state, 'c', contact)).toThrow(refusal)
    expect(() => callNow(state, 'c', contact, nowMs)).toThrow(refusal)
  })

  test('for an execution that has ended', () => {
    const over = { ...state, status: 'stopped' as const }
    const refusal = expect.objectContaining({ name: 'InvalidExecutionStateError' })
    expect(() => skipContact(over, 'c', waits)).toThrow(refusal)
    expect(() => callNow(over, 'c', waits, nowMs)).toThrow(refusal)
    expect(() => contactsJoin(over, ['a'], nowMs)).toThrow(refusal)
  })
})
