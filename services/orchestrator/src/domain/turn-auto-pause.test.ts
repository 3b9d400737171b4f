import type { AutoPauseRule } from '@carillon/contracts/program'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ended, ran } from '../../test/support/carrier.ts'
import { begun, dueContact, turnCase } from '../../test/support/turn.ts'
import type { Contact } from './contact.ts'
import { initialCounts } from './contact-counts.ts'
import { dialOrder } from './dial-order.ts'
import { cancel, type ExecutionState, isLive, pause, resume } from './execution.ts'
import { concludeTurn, decidePace, foldFacts, pauseAtThreshold, pauseWithoutCredits } from './turn.ts'

const contactId = 'contact-1'
const callId = '018f0000-0000-7000-a000-000000000001'
const rules: AutoPauseRule[] = [{ nodeId: 'dial_1', threshold: 2, resetOnResume: true }]
const pausedBy = { nodeId: 'dial_1', threshold: 2, count: 2 }

function aCase(waiting: number) {
  const counts = { ...initialCounts(waiting), calling: 1, completed: 99 - waiting }
  const turnOf = turnCase({ state: { counts } })
  const { contact: _, didNumber: __, ...snapshot } = dueContact(contactId)
  const call = { callId, attempt: 1, didNumber: '+212522000001', notBeforeMs: 0, notAfterMs: 1 }
  const order = dialOrder(turnOf.rules.plan, snapshot, call)
  const { nowMs } = turnOf.time
  const calling: Contact = { status: 'calling', attempt: 1, callId }
  const end = { ...ended(order, nowMs, 'completed'), position: 7 }
  const folded = foldFacts(turnOf.rules, begun(turnOf), [end], new Map([[contactId, calling]]), nowMs)
  const runs = [ran(order, nowMs, 'dial_1', 2), ran(order, nowMs, 'dial_1', 3)]
  return { turnOf, folded, watched: pauseAtThreshold(turnOf.rules, folded, rules, runs, nowMs) }
}

test('a turn that reaches a threshold tells what calls changed, then the pause, and claims nobody', () => {
  const { turnOf, folded, watched } = aCase(60)
  expect(decidePace(turnOf.rules, folded, turnOf.time).type).toBe('claim')
  expect(decidePace(turnOf.rules, watched, turnOf.time).type).toBe('wait')
  // What is paused stays so when credits are used up in the same turn.
  const { state, events } = concludeTurn(turnOf.rules, pauseWithoutCredits(turnOf.rules, watched, false, turnOf.time), turnOf.time)
  expect(events.map(({ type, data }) => [type, data.revision])).toEqual([
    ['execution.contacts_changed', 5],
    ['execution.paused', 6],
  ])
  expect(events[1]?.data).toMatchObject({ status: 'paused_threshold', pausedBy, position: 7 })
  expect(state).toMatchObject({ status: 'paused_threshold', pausedBy, revision: 6 })
})

test('a turn that reaches a threshold with the last call completes the execution', () => {
  const { turnOf, watched } = aCase(0)
  const { state, events } = concludeTurn(turnOf.rules, watched, turnOf.time)
  expect(events.map(({ type }) => type)).toEqual(['execution.contacts_changed', 'execution.paused', 'execution.completed'])
  expect(events[2]?.data).not.toHaveProperty('pausedBy')
  expect(state).toMatchObject({ status: 'completed', pausedBy: null, nodeCounters: [] })
})

const anAct = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('run' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pause' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('resume' as const),
      threshold: fc.option(fc.integer({ min: 1, max: 9 })),
      resetOnResume: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const) }) },
)

test('whatever users and calls do, an execution names its rule exactly while that rule pauses it, and counts every run until it ends', () => {
  fc.assert(
    fc.property(fc.array(anAct, { maxLength: 40 }), (acts) => {
      const { turnOf } = aCase(60)
      const order = dialOrder(turnOf.rules.plan, dueContact(contactId), {
        callId,
        attempt: 1,
        didNumber: '+1',
        notBeforeMs: 0,
        notAfterMs: 1,
      })
      let state: ExecutionState = turnOf.state
      let valid = rules
      let count = 0
      for (const act of acts) {
        const before = state
        if (act.do === 'run') {
          const runs = Array.from({ length: act.count }, (_, index) => ran(order, 0, 'dial_1', index + 1))
          state = pauseAtThreshold(turnOf.rules, begun({ ...turnOf, state }), valid, runs, 0).state
          if (isLive(before)) count += act.count
          const [rule] = valid
          const pauses = before.status === 'running' && !before.nodeCounters[0]?.hasPaused && count >= (rule?.threshold ?? 0)
          expect(state.status).toBe(pauses ? 'paused_threshold' : before.status)
        } else if (act.do === 'pause' && before.status === 'running') {
          state = pause(before).state
        } else if (act.do === 'resume' && before.status.startsWith('paused')) {
          if (act.threshold !== null) valid = [{ nodeId: 'dial_1', threshold: act.threshold, resetOnResume: act.resetOnResume }]
          state = resume(before, valid, act.threshold !== null).state
          if (before.status === 'paused_threshold' && valid[0]?.resetOnResume) count = 0
        } else if (act.do === 'cancel' && isLive(before)) {
          state = cancel(before, 1).state
        }
        expect(state.pausedBy !== null).toBe(state.status === 'paused_threshold')
        expect(state.revision).toBe(before.revision + (state.status === before.status ? 0 : 1))
        expect(state.nodeCounters[0]?.count ?? 0).toBe(isLive(state) ? count : 0)
      }
    }),
  )
})
