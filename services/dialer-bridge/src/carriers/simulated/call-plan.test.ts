import { describe, expect, test } from 'vitest'
import { loadProfile } from '../configured-carrier.ts'
import { type CallPlan, planCall } from './call-plan.ts'
import { readProfile } from './profile.ts'

const realistic = loadProfile(new URL('../../../profiles/default.json', import.meta.url).pathname)
const asked = (to: string, attempt = 1) => ({ to, attempt, timeoutMs: 30_000, amd: false })
const numbers = Array.from({ length: 5_000 }, (_, index) => `+2126${String(index).padStart(8, '0')}`)

/** A plan without its `draw`. */
const facts = ({ ...plan }: CallPlan) => ({ ...plan, draw: null })

test('a call has the same plan, whatever was planned before it', () => {
  const forward = numbers.slice(0, 200).map((to) => facts(planCall(realistic, 7, asked(to))))
  const backward = numbers
    .slice(0, 200)
    .reverse()
    .map((to) => facts(planCall(realistic, 7, asked(to))))
  expect(backward.reverse()).toEqual(forward)
})

test('another seed, number or attempt gives another plan', () => {
  const fates = (seed: number, attempt: number) => numbers.slice(0, 50).map((to) => facts(planCall(realistic, seed, asked(to, attempt))))
  expect(fates(7, 1)).not.toEqual(fates(8, 1))
  expect(fates(7, 1)).not.toEqual(fates(7, 2))
})

test('outcomes are as frequent as their weights say', () => {
  const plans = numbers.map((to) => planCall(realistic, 7, asked(to)))
  const share = (is: (plan: CallPlan) => boolean) => plans.filter(is).length / plans.length
  const ends = (sipStatus: number) => share((plan) => plan.type === 'unanswered' && plan.sipStatus === sipStatus)
  expect(share((plan) => plan.type === 'answered' && plan.answeredBy === 'human')).toBeCloseTo(0.52, 1)
  expect(share((plan) => plan.type === 'answered' && plan.answeredBy === 'unsure')).toBeCloseTo(0.08, 1)
  expect(ends(480)).toBeCloseTo(0.21, 1)
  expect(ends(486)).toBeCloseTo(0.1, 1)
  expect(ends(603)).toBeCloseTo(0.05, 1)
  expect(ends(503) + ends(404)).toBeCloseTo(0.04, 1)
  const rings = plans.flatMap((plan) => (plan.type === 'answered' ? [plan.pickUpAfterMs] : []))
  expect(Math.min(...rings)).toBeGreaterThanOrEqual(3_000)
  expect(Math.max(...rings)).toBeLessThanOrEqual(18_000)
})

test('an answer after the ring time is no answer', () => {
  const slow = readProfile({ ringMs: { min: 40_000, max: 40_000 } })
  expect(planCall(slow, 1, asked('1'))).toMatchObject({ type: 'unanswered', endAfterMs: 30_000, sipStatus: 480, ringTimeout: true })
})

test.each([
  [3_000, { endAfterMs: 3_000, ringTimeout: false }],
  [60_000, { endAfterMs: 30_000, ringTimeout: true }],
])('a far end that gives up ringing after %i ms ends a call with a ring time of 30 s', (ms, expected) => {
  const profile = readProfile({ outcomes: { no_answer: 1 }, noAnswerAfterMs: { min: ms, max: ms } })
  expect(planCall(profile, 1, asked('1'))).toMatchObject({ type: 'unanswered', sipStatus: 480, q850Cause: 19, ...expected })
})

describe('a script', () => {
  const profile = readProfile({
    numbers: {
      '1': ['busy', 'answer:1,3'],
      '2': ['machine'],
      '3': ['rejected'],
      '4': ['no_answer'],
      '5': ['failed', 'failed:404'],
      '6': ['answer:1;hangup'],
    },
  })
  const plan = (to: string, attempt = 1, amd = false) => planCall(profile, 1, { ...asked(to, attempt), amd })

  test.each([
    ['1', 1, { sipStatus: 486, q850Cause: 17 }],
    ['1', 2, { type: 'answered', keys: ['1', '3'], hangsUpAfterKeys: false }],
    ['1', 9, { type: 'answered', keys: ['1', '3'] }],
    ['3', 1, { sipStatus: 603, q850Cause: 21 }],
    ['4', 1, { sipStatus: 480, ringTimeout: true }],
    ['5', 1, { sipStatus: 503, q850Cause: 34, ringAfterMs: null }],
    ['5', 2, { sipStatus: 404, q850Cause: null }],
    ['6', 1, { type: 'answered', keys: ['1'], hangsUpAfterKeys: true }],
  ])('of %s decides attempt %i', (to, attempt, expected) => {
    expect(plan(to, attempt)).toMatchObject(expected)
  })

  test('can let a machine answer: it is detected if detection runs, and unsure otherwise', () => {
    expect(plan('2', 1, true)).toMatchObject({ answeredBy: 'machine' })
    expect(plan('2', 1, false)).toMatchObject({ answeredBy: 'unsure' })
  })
})
