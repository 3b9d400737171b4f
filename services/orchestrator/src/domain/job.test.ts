import { describe, expect, test } from 'vitest'
import { ended, notDialed, started } from '../../test/support/carrier.ts'
import { at } from '../../test/support/turn.ts'
import { isWaiting } from './contact.ts'
import { compileSchedule } from './execution-rules.ts'
import { afterJobFact, cancelJob, dueAt, type Job, type JobPlan, type JobTurn, newJob, statusOf, takeTurn } from './job.ts'
import { jobEnded, jobOrder } from './job-messages.ts'

const nowMs = at('10:00:00')
const callIds = ['018f0000-0000-7000-a000-000000000001', '018f0000-0000-7000-a000-000000000002']

const plan = (change: Partial<JobPlan> = {}): JobPlan => ({
  id: '018f0000-0000-7000-8000-0000000000b1',
  organizationId: '018f0000-0000-7000-8000-00000000000a',
  isTest: false,
  lane: 3,
  to: '+33612345678',
  from: '+212522000001',
  contactId: null,
  flowId: '018f0000-0000-7000-8000-0000000000f1',
  flowVersion: 2,
  flowName: 'Code',
  variables: { code: '4711' },
  amd: null,
  retryStrategy: { type: 'fixed_delay', delayMinutes: 5, maxRetries: 1 },
  pauseWindows: null,
  callingHours: null,
  timezone: 'UTC',
  expiresAtMs: null,
  createdAtMs: nowMs,
  ...change,
})

function turn(job: Job, change: Partial<JobTurn> = {}): { job: Job; isOrdered: boolean } {
  const { contact } = job
  if (!isWaiting(contact)) throw new Error('the job does not wait')
  const made = { nowMs, validityMs: 30_000, isListed: false, newCallId: () => callIds[contact.attempt] ?? '', ...change }
  return takeTurn(job, contact, compileSchedule(job.plan), made)
}
const dialed = (job: Job, atMs = nowMs) => {
  const { job: ordered } = turn(job, { nowMs: atMs })
  return { ordered, order: jobOrder(ordered, atMs) }
}
const after = (job: Job, fact: Parameters<typeof afterJobFact>[1], atMs = nowMs) => afterJobFact(job, fact, compileSchedule(job.plan), atMs)
const job = (change: Partial<JobPlan> = {}) => newJob(plan(change), nowMs)

test('a job is queued, active from its first order to its end, and completed when a human answers', () => {
  expect([statusOf(job()), dueAt(job())]).toEqual(['queued', nowMs])
  const { ordered, order } = dialed(job())
  expect([statusOf(ordered), dueAt(ordered)]).toEqual(['active', null])
  expect(order).toMatchObject({
    id: callIds[0],
    data: {
      jobId: plan().id,
      executionId: null,
      programId: null,
      attempt: 1,
      maxAttempts: 2,
      to: '+33612345678',
      variables: { code: '4711' },
    },
  })
  const calling = after(ordered, started(order, nowMs))
  const done = after(calling, ended(order, nowMs + 9_000, 'completed'), nowMs + 9_000)
  expect(done).toMatchObject({ outcome: 'completed', endedAtMs: nowMs + 9_000, failureReason: null })
  expect(jobEnded(done).data).toMatchObject({ status: 'completed', attempts: 1, outcome: 'completed', failureReason: null })
  expect(after(done, ended(order, nowMs, 'busy'))).toBe(done)
})

test('a call that was not answered is made again after the delay, and the job fails after the last one', () => {
  const first = dialed(job())
  const waiting = after(first.ordered, ended(first.order, nowMs, 'busy'))
  expect([statusOf(waiting), dueAt(waiting), waiting.outcome]).toEqual(['active', nowMs + 300_000, 'busy'])
  const second = dialed(waiting, nowMs + 300_000)
  expect(second.order).toMatchObject({ id: callIds[1], data: { attempt: 2 } })
  expect(after(second.ordered, ended(second.order, nowMs, 'no_answer'))).toMatchObject({
    failureReason: 'not_reached',
    outcome: 'no_answer',
  })
})

test('an order that was not dialed is no attempt', () => {
  const { ordered, order } = dialed(job())
  const again = after(ordered, notDialed(order, nowMs, 'expired'))
  expect([statusOf(again), dueAt(again)]).toEqual(['queued', nowMs])
  expect(after(ordered, notDialed(order, nowMs, 'suppressed'))).toMatchObject({ failureReason: 'do_not_call', endedAtMs: nowMs })
})

describe('cancelling', () => {
  test('ends a job that waits', () => {
    const cancelled = cancelJob(job(), nowMs)
    expect([statusOf(cancelled), cancelled.failureReason]).toEqual(['failed', 'cancelled'])
  })

  test.each(['busy', 'completed'] as const)('lets a call run to its end: %s', (outcome) => {
    const { ordered, order } = dialed(job())
    const cancelled = cancelJob(ordered, nowMs)
    expect([statusOf(cancelled), cancelled.endedAtMs]).toEqual(['active', null])
    const expected = outcome === 'completed' ? ['completed', null] : ['failed', 'cancelled']
    const over = after(cancelled, ended(order, nowMs, outcome))
    expect([statusOf(over), over.failureReason]).toEqual(expected)
  })

  test('ends a job whose order is not dialed', () => {
    const { ordered, order } = dialed(job())
    expect(after(cancelJob(ordered, nowMs), notDialed(order, nowMs, 'expired'))).toMatchObject({
      failureReason: 'cancelled',
      endedAtMs: nowMs,
    })
  })
})

describe('when a job is called', () => {
  const hours = (from: number, to: number) => ({ monday: [{ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } }] })

  test.each<[string, Partial<JobPlan>, Partial<JobTurn>, Partial<Job>]>([
    ['not after its time', { expiresAtMs: nowMs }, {}, { failureReason: 'expired' }],
    ['not if the number is listed', {}, { isListed: true }, { failureReason: 'do_not_call' }],
    ['never without hours', { callingHours: {} }, {}, { failureReason: 'calling_hours' }],
    ['never in a pause without end', { pauseWindows: allWeek() }, {}, { failureReason: 'calling_hours' }],
  ])('%s', (_what, change, turned, expected) => {
    expect(turn(job(change), turned)).toMatchObject({ isOrdered: false, job: { ...expected, endedAtMs: nowMs } })
  })

  test('in the hours of the number, and not in a pause', () => {
    // Ten o'clock in UTC is eleven in France.
    expect(turn(job({ callingHours: hours(11, 12) })).isOrdered).toBe(true)
    const later = turn(job({ callingHours: hours(14, 18), pauseWindows: hours(13, 15) }))
    expect([later.isOrdered, dueAt(later.job)]).toEqual([false, at('15:00:00')])
  })

  test('an order ends with its validity, its job, the hours or the next pause, whatever is first', () => {
    const latest = (change: Partial<JobPlan>, atMs = nowMs) => turn(job(change), { nowMs: atMs }).job.orderNotAfterMs
    expect(latest({})).toBe(nowMs + 30_000)
    expect(latest({ expiresAtMs: nowMs + 5_000 })).toBe(nowMs + 5_000)
    expect(latest({ callingHours: hours(8, 12) }, at('10:59:50'))).toBe(at('11:00:00'))
    expect(latest({ pauseWindows: hours(11, 12) }, at('10:59:50'))).toBe(at('11:00:00'))
  })

  test('a retry that would come too late is looked at when the job expires', () => {
    const { ordered, order } = dialed(job({ expiresAtMs: nowMs + 60_000 }))
    const waiting = after(ordered, ended(order, nowMs, 'busy'))
    expect(dueAt(waiting)).toBe(nowMs + 60_000)
    expect(turn(waiting, { nowMs: nowMs + 60_000 }).job).toMatchObject({
      failureReason: 'expired',
      outcome: 'busy',
      contact: { attempt: 1 },
    })
  })
})

function allWeek() {
  const day = [{ startAt: { hour: 0, minute: 0 }, endAt: { hour: 0, minute: 0 } }]
  return Object.fromEntries(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((name) => [name, day]))
}
