import { type ExecutionStatus, executionStatuses } from '@carillon/contracts/execution'
import { describe, expect, test } from 'vitest'
import { somePlan, someState } from '../../test/support/execution.ts'
import { assertBalanced, initialCounts } from './contact-counts.ts'
import { afterLastContact, afterTime, cancel, launchState, pause, resume } from './execution.ts'

const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`)
const counts = { pending: 60, queued: 3, calling: 7, pendingRetry: 10, completed: 15, failed: 5, skipped: 0 }

test('an execution is scheduled when launched before its start, and runs when launched at or after it', () => {
  expect(launchState(somePlan(), at('08:59'))).toMatchObject({ status: 'scheduled', revision: 1, actualStartAtMs: null })
  expect(launchState(somePlan(), at('09:00'))).toMatchObject({ status: 'running', revision: 1, actualStartAtMs: at('09:00') })
})

type Command = 'pause' | 'resume' | 'cancel'
const allowed: Record<Command, readonly ExecutionStatus[]> = {
  pause: ['running'],
  resume: ['paused', 'paused_no_credits', 'paused_threshold'],
  cancel: ['scheduled', 'running', 'paused', 'paused_no_credits', 'paused_threshold'],
}
const commands = {
  pause,
  resume: (state: Parameters<typeof resume>[0]) => resume(state, [], false),
  cancel: (state: Parameters<typeof cancel>[0]) => cancel(state, at('10:00')),
}
const cases = (Object.keys(allowed) as Command[]).flatMap((command) => executionStatuses.map((status) => ({ command, status })))

test.each(cases)('$command is allowed or refused by the status: $status', ({ command, status }) => {
  const state = someState({ status, counts })
  if (allowed[command].includes(status)) expect(commands[command](state).state.revision).toBe(state.revision + 1)
  else expect(() => commands[command](state)).toThrow(expect.objectContaining({ name: 'InvalidExecutionStateError', kind: 'invalid' }))
})

test('a cancelled execution skips the waiting contacts and lets its calls run', () => {
  const { type, state } = cancel(someState({ counts }), at('10:00'))
  expect(type).toBe('execution.cancelled')
  expect(state).toMatchObject({ status: 'cancelled', actualEndAtMs: at('10:00'), settled: false })
  expect(state.counts).toEqual({ ...counts, pending: 0, pendingRetry: 0, skipped: 70 })
})

describe('as time passes', () => {
  const plan = somePlan({ scheduledStopAtMs: at('18:00') })

  test('a scheduled execution is started at its start', () => {
    expect(afterTime(plan, someState({ status: 'scheduled' }), at('08:59'))).toBeUndefined()
    expect(afterTime(plan, someState({ status: 'scheduled' }), at('09:00'))).toMatchObject({
      type: 'execution.started',
      state: { status: 'running', actualStartAtMs: at('09:00') },
    })
  })

  test.each<ExecutionStatus>(['scheduled', 'running', 'paused', 'paused_no_credits', 'paused_threshold'])(
    'an execution that is %s is stopped at its stop',
    (status) => {
      expect(afterTime(plan, someState({ status, counts }), at('17:59'))?.type).not.toBe('execution.stopped')
      expect(afterTime(plan, someState({ status, counts }), at('18:00'))).toMatchObject({
        type: 'execution.stopped',
        state: { status: 'stopped', actualEndAtMs: at('18:00'), counts: { pending: 0, pendingRetry: 0, skipped: 70 } },
      })
    },
  )

  test.each<ExecutionStatus>(['completed', 'stopped', 'cancelled'])('an execution that is %s stays so', (status) => {
    expect(afterTime(plan, someState({ status }), at('19:00'))).toBeUndefined()
    expect(afterLastContact(someState({ status, counts: initialCounts(0) }), at('19:00'))).toBeUndefined()
  })
})

test.each(['pending', 'queued', 'calling', 'pendingRetry'] as const)('an execution with a contact that is %s is not completed', (field) => {
  const done = { ...initialCounts(0), completed: 80, failed: 19, skipped: 0 }
  expect(afterLastContact(someState({ counts: { ...done, [field]: 1 } }), at('12:00'))).toBeUndefined()
})

test.each<ExecutionStatus>(['running', 'paused', 'paused_no_credits', 'paused_threshold'])(
  'an execution that is %s is completed when no contact is left',
  (status) => {
    const state = someState({ status, counts: { ...initialCounts(0), completed: 80, failed: 20 } })
    expect(afterLastContact(state, at('12:00'))).toMatchObject({
      type: 'execution.completed',
      state: { status: 'completed', actualEndAtMs: at('12:00'), settled: true },
    })
  },
)

test('counts that do not add up to the total are an error', () => {
  expect(() => assertBalanced(counts, 100)).not.toThrow()
  expect(() => assertBalanced(counts, 101)).toThrow(/add up/)
  expect(() => assertBalanced({ ...counts, queued: -3, skipped: 6 }, 100)).toThrow(/add up/)
})
