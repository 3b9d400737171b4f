import { describe, expect, test } from 'vitest'
import { type CallEnding, type Outcome, outcomeOf } from './outcome.ts'
import { q850Name } from './q850.ts'
import { sipStatusName } from './sip-status.ts'

const ending = (given: Partial<CallEnding>): CallEnding => ({
  answered: false,
  amd: null,
  sipStatus: null,
  q850Cause: null,
  ringTimeout: false,
  progressSeen: true,
  ...given,
})

describe('an answered call', () => {
  test.each<[CallEnding['amd'], Outcome]>([
    ['human', 'completed'],
    ['unsure', 'completed'],
    [null, 'completed'],
    ['machine', 'voicemail'],
  ])('by %s is %s, whatever the cause of its end', (amd, outcome) => {
    for (const q850Cause of [0, 16, 17, 31, 127, null]) {
      expect(outcomeOf(ending({ answered: true, amd, q850Cause, sipStatus: 480 }))).toMatchObject({ outcome, retryPointless: false })
    }
  })
})

describe('a call that nobody answered', () => {
  test.each<[number, number, Outcome, boolean]>([
    [486, 17, 'busy', false],
    [600, 17, 'busy', false],
    [603, 21, 'rejected', false],
    [607, 127, 'rejected', false],
    [608, 127, 'rejected', false],
    [403, 21, 'failed', false],
    [401, 21, 'failed', false],
    [407, 21, 'failed', false],
    [402, 127, 'failed', false],
    [433, 21, 'failed', false],
    [480, 19, 'no_answer', false],
    [408, 18, 'no_answer', false],
    [487, 127, 'no_answer', false],
    [404, 1, 'failed', true],
    [604, 1, 'failed', true],
    [410, 22, 'failed', true],
    [484, 28, 'failed', true],
    [500, 38, 'failed', false],
    [502, 27, 'failed', false],
    [503, 34, 'failed', false],
    [504, 102, 'failed', false],
    [488, 58, 'failed', true],
    [606, 58, 'failed', true],
  ])('SIP %i with cause %i is %s (retry pointless: %s)', (sipStatus, q850Cause, outcome, retryPointless) => {
    expect(outcomeOf(ending({ sipStatus, q850Cause }))).toMatchObject({ outcome, retryPointless })
  })

  test.each<[number, Outcome, boolean]>([
    [17, 'busy', false],
    [21, 'rejected', false],
    [16, 'no_answer', false],
    [18, 'no_answer', false],
    [19, 'no_answer', false],
    [20, 'no_answer', false],
    [31, 'no_answer', false],
    [1, 'failed', true],
    [22, 'failed', true],
    [28, 'failed', true],
    [58, 'failed', true],
    [27, 'failed', false],
    [34, 'failed', false],
    [38, 'failed', false],
    [102, 'failed', false],
    [127, 'failed', false],
    [0, 'failed', false],
  ])('cause %i alone is %s (retry pointless: %s)', (q850Cause, outcome, retryPointless) => {
    expect(outcomeOf(ending({ q850Cause }))).toMatchObject({ outcome, retryPointless })
  })

  test('a SIP status without a rule leaves the decision to the cause', () => {
    expect(outcomeOf(ending({ sipStatus: 499, q850Cause: 17 })).outcome).toBe('busy')
    expect(outcomeOf(ending({ sipStatus: 599, q850Cause: null })).outcome).toBe('failed')
  })

  test('has failed if there is no cause at all', () => {
    expect(outcomeOf(ending({}))).toEqual({ outcome: 'failed', reason: 'The carrier gave no cause', retryPointless: false })
  })
})

describe('our ring timeout', () => {
  const timeout = { ringTimeout: true, sipStatus: 480, q850Cause: 19 }

  test('is no_answer if the far end was heard', () => {
    expect(outcomeOf(ending({ ...timeout, progressSeen: true }))).toMatchObject({ outcome: 'no_answer', retryPointless: false })
  })

  test('is failed if the far end was never heard', () => {
    expect(outcomeOf(ending({ ...timeout, progressSeen: false }))).toMatchObject({ outcome: 'failed', retryPointless: false })
    expect(outcomeOf(ending({ ringTimeout: true, q850Cause: 19, progressSeen: false })).outcome).toBe('failed')
  })

  test('gives way to an answer of the far end that arrived at the same time', () => {
    expect(outcomeOf(ending({ ...timeout, sipStatus: 486, q850Cause: 17 })).outcome).toBe('busy')
  })

  test('is not assumed from a remote 480, which is no_answer with or without ringing', () => {
    expect(outcomeOf(ending({ sipStatus: 480, q850Cause: 19, progressSeen: false })).outcome).toBe('no_answer')
  })
})

test('a reason names the more exact value and keeps both as received', () => {
  expect(outcomeOf(ending({ sipStatus: 486, q850Cause: 17 })).reason).toBe('Busy Here (SIP 486, Q.850 17)')
  expect(outcomeOf(ending({ sipStatus: 503 })).reason).toBe('Service Unavailable (SIP 503)')
  expect(outcomeOf(ending({ q850Cause: 1 })).reason).toBe('Unallocated (unassigned) number (Q.850 1)')
})

test('a cause or status outside the tables is named by its class', () => {
  expect(q850Name(45)).toBe('Resource unavailable')
  expect(q850Name(0)).toBe('Unknown cause')
  expect(q850Name(128)).toBe('Unknown cause')
  expect(sipStatusName(499)).toBe('Request Failure')
  expect(sipStatusName(700)).toBe('Unknown status')
})
