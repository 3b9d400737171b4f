import type { Outcome } from '@carillon/contracts/outcome'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import { describe, expect, test } from 'vitest'
import { afterCallEnded, afterCallStarted, afterNotDialed, type Contact, type EndedCall, order, type RetryPolicy } from './contact.ts'

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`)
const policy = (strategy: RetryStrategy): RetryPolicy => ({ strategy, afterPause: (dueAtMs) => dueAtMs })
const fixedDelay = (delayMinutes: number, maxRetries: number): RetryPolicy => policy({ type: 'fixed_delay', delayMinutes, maxRetries })
const ended = (outcome: Outcome, more: Partial<EndedCall> = {}): EndedCall => ({
  callId: 'call-1',
  outcome,
  retryPointless: false,
  endedAtMs: at('10:00:07'),
  ...more,
})
const calling = (attempt = 1): Contact => ({ status: 'calling', attempt, callId: 'call-1' })
const queued = (attempt = 1): Contact => ({ status: 'queued', attempt, callId: 'call-1' })

test('an order is the next attempt of a waiting contact', () => {
  expect(order({ status: 'pending', attempt: 0, dueAtMs: 0, callId: null }, 'call-1')).toEqual(queued(1))
  expect(order({ status: 'pending_retry', attempt: 2, dueAtMs: 0, callId: 'call-0' }, 'call-1')).toEqual(queued(3))
})

test('a contact whose call has started is calling', () => {
  expect(afterCallStarted(queued(), 'call-1')).toEqual(calling())
})

describe('when a call has ended', () => {
  test('a contact whose call a human answered is completed, whatever the attempt', () => {
    expect(afterCallEnded(calling(4), ended('completed'), fixedDelay(30, 1), true)).toEqual({
      status: 'completed',
      attempt: 4,
      callId: 'call-1',
    })
  })

  test.each<Outcome>(['no_answer', 'busy', 'rejected', 'failed', 'voicemail'])(
    'a contact with outcome %s is due again after the delay, counted from the end of the call',
    (outcome) => {
      expect(afterCallEnded(calling(), ended(outcome), fixedDelay(30, 1), true)).toEqual({
        status: 'pending_retry',
        attempt: 1,
        dueAtMs: at('10:30:07'),
        callId: 'call-1',
      })
    },
  )

  test('a contact without a retry left has failed, also after voicemail', () => {
    expect(afterCallEnded(calling(2), ended('busy'), fixedDelay(30, 1), true).status).toBe('failed')
    expect(afterCallEnded(calling(2), ended('voicemail'), fixedDelay(30, 1), true).status).toBe('failed')
    expect(afterCallEnded(calling(1), ended('busy'), policy({ type: 'none' }), true).status).toBe('failed')
  })

  test('a contact whose number cannot be reached by trying again has failed at once', () => {
    expect(afterCallEnded(calling(), ended('failed', { retryPointless: true }), fixedDelay(30, 5), true).status).toBe('failed')
  })

  test('an outcome that the strategy does not name is not retried', () => {
    const onlyBusy = policy({ type: 'fixed_delay', delayMinutes: 1, maxRetries: 3, retryOn: ['busy'] })
    expect(afterCallEnded(calling(), ended('voicemail'), onlyBusy, true).status).toBe('failed')
    expect(afterCallEnded(calling(), ended('busy'), onlyBusy, true).status).toBe('pending_retry')
  })

  test('a retry date that has passed when the call ends is skipped', () => {
    const scheduled = policy({ type: 'scheduled', retryDates: ['2026-03-02T10:00:00Z', '2026-03-02T14:00:00Z'] })
    expect(afterCallEnded(calling(), ended('busy'), scheduled, true)).toMatchObject({ dueAtMs: at('14:00:00') })
  })

  test('the delay may depend on the outcome of the call', () => {
    const byOutcome = policy({ type: 'fixed_delay', delayMinutes: 30, maxRetries: 1, delayByOutcome: { busy: 5 } })
    const due = (outcome: EndedCall['outcome'], from: RetryPolicy) => {
      const contact = afterCallEnded(calling(), ended(outcome), from, true)
      return 'dueAtMs' in contact ? contact.dueAtMs : null
    }
    const plain = due('busy', fixedDelay(30, 1)) ?? Number.NaN
    expect(due('no_answer', byOutcome)).toBe(plain)
    expect(due('busy', byOutcome)).toBe(plain - 25 * 60_000)
  })

  test('a retry that falls due in a pause window waits for its end', () => {
    const lunch: RetryPolicy = { ...fixedDelay(30, 1), afterPause: () => at('14:00:00') }
    expect(afterCallEnded(calling(), ended('busy'), lunch, true)).toMatchObject({ dueAtMs: at('14:00:00') })
  })

  test('no contact is retried after the execution has ended', () => {
    expect(afterCallEnded(calling(), ended('busy'), fixedDelay(30, 3), false).status).toBe('failed')
    expect(afterCallEnded(calling(), ended('completed'), fixedDelay(30, 3), false).status).toBe('completed')
  })

  test('a call may end before its start is known, and the late start changes nothing', () => {
    const done = afterCallEnded(queued(), ended('completed'), fixedDelay(30, 1), true)
    expect(done.status).toBe('completed')
    expect(afterCallStarted(done, 'call-1')).toBe(done)
  })
})

describe('an order that was never dialed', () => {
  const notDialed = { callId: 'call-1', reason: 'expired' } as const

  test('is no attempt: the contact waits as before and is due now', () => {
    const now = at('10:01:00')
    expect(afterNotDialed(queued(1), notDialed, now, true)).toEqual({ status: 'pending', attempt: 0, dueAtMs: now, callId: null })
    expect(afterNotDialed(queued(3), notDialed, now, true)).toEqual({ status: 'pending_retry', attempt: 2, dueAtMs: now, callId: null })
  })

  test('skips a contact that may not be called, and every contact after the execution has ended', () => {
    const skipped = { status: 'skipped', attempt: 0, callId: null }
    const suppressed = { ...notDialed, reason: 'suppressed' } as const
    for (const isLive of [true, false]) {
      expect(afterNotDialed(queued(), suppressed, 0, isLive)).toEqual({ ...skipped, skipReason: 'do_not_call' })
    }
    expect(afterNotDialed(queued(), notDialed, 0, false)).toEqual({ ...skipped, skipReason: 'execution_ended' })
  })

  test('changes nothing for a call that has started', () => {
    const contact = calling()
    expect(afterNotDialed(contact, notDialed, 0, true)).toBe(contact)
  })
})

const others: Contact[] = [
  { status: 'pending', attempt: 0, dueAtMs: 0, callId: null },
  { status: 'pending_retry', attempt: 1, dueAtMs: 0, callId: 'call-1' },
  { status: 'queued', attempt: 2, callId: 'call-2' },
  { status: 'calling', attempt: 2, callId: 'call-2' },
  { status: 'completed', attempt: 1, callId: 'call-1' },
  { status: 'failed', attempt: 1, callId: 'call-1' },
  { status: 'skipped', attempt: 1, callId: 'call-1', skipReason: null },
]
test.each(others)('facts about a call that has ended or is another contact’s change nothing for a contact that is $status', (contact) => {
  expect(afterCallStarted(contact, 'call-1')).toBe(contact)
  expect(afterCallEnded(contact, ended('busy'), fixedDelay(1, 9), true)).toBe(contact)
  expect(afterNotDialed(contact, { callId: 'call-1', reason: 'expired' }, 0, true)).toBe(contact)
})
