import { Value } from '@sinclair/typebox/value'
import { describe, expect, test } from 'vitest'
import { AutoPauseRule, CreateProgramRequest } from './program.ts'
import { RetryStrategyInput } from './retry-strategy.ts'

describe('the bounds of contract rule 29', () => {
  const fixed = (delayMinutes: number, maxRetries: number) => ({ type: 'fixed_delay', delayMinutes, maxRetries })
  const rule = (threshold: number) => ({ nodeId: 'dial', threshold, resetOnResume: true })

  test.each([
    [fixed(1, 0), true],
    [fixed(43_200, 20), true],
    [fixed(0, 1), false],
    [fixed(43_201, 1), false],
    [fixed(1.5, 1), false],
    [fixed(1, 21), false],
    [{ ...fixed(1, 1), retryOn: null, delayByOutcome: null }, true],
    [{ ...fixed(1, 1), delayByOutcome: { busy: null, no_answer: 5 } }, true],
    [{ ...fixed(1, 1), delayByOutcome: { busy: 0 } }, false],
    [{ type: 'none', retryOn: null }, true],
    [{ type: null }, false],
    [{ type: 'scheduled', retryDates: [] }, false],
    [{ type: 'scheduled', retryDates: Array(51).fill('2026-01-01T00:00:00Z') }, false],
  ])('%j is a retry strategy: %s', (strategy, isOne) => {
    expect(Value.Check(RetryStrategyInput, strategy)).toBe(isOne)
  })

  test.each([
    [1, true],
    [1_000_000_000, true],
    [0, false],
    [1_000_000_001, false],
  ])('%d is a threshold: %s', (threshold, isOne) => {
    expect(Value.Check(AutoPauseRule, rule(threshold))).toBe(isOne)
  })

  test('a request names every optional field of an answer that can be null', () => {
    const unset = ['triggerCondition', 'stopAt', 'pauseWindows', 'autoPauseRules', 'timezone', 'callingHours', 'pacing', 'amd'] as const
    for (const name of unset) expect(Value.Check(CreateProgramRequest.properties[name], null), name).toBe(true)
  })

  test.each([
    ['pauseWindows', { monday: null, advanced: null }],
    ['callingHours', { monday: null }],
    ['pacing', { maxConcurrentCalls: null, callsPerSecond: 1 }],
  ] as const)('an optional field of %s can be null', (name, value) => {
    expect(Value.Check(CreateProgramRequest.properties[name], value)).toBe(true)
  })
})
