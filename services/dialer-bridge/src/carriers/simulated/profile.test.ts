import { expect, test } from 'vitest'
import { loadProfile } from '../configured-carrier.ts'
import { readProfile } from './profile.ts'
import { parseScript } from './script.ts'

test('with an empty profile everybody answers at once', () => {
  expect(readProfile({})).toMatchObject({
    outcomes: { answer: 1, busy: 0 },
    ringMs: { min: 0, max: 0 },
    amd: { accuracy: 1 },
    digits: { '': 1 },
  })
})

test('outcomes that a profile does not name do not happen', () => {
  expect(readProfile({ outcomes: { busy: 1 } }).outcomes).toMatchObject({ busy: 1, answer: 0 })
})

test.each([
  ['a misspelt field', { outcome: {} }, '/outcome: Unexpected property'],
  ['a text for a number', { ringMs: { min: '3' } }, '/ringMs/min: Expected integer'],
  ['a range upside down', { ringMs: { min: 5, max: 1 } }, '/ringMs: min is more than max'],
  ['a negative weight', { outcomes: { answer: -1 } }, '/outcomes/answer: Expected number to be greater or equal to 0'],
  ['no weight at all', { outcomes: { answer: 0 } }, '/outcomes: every weight is 0'],
  ['a share above 1', { hangUp: { probability: 2 } }, '/hangUp/probability: Expected number to be less or equal to 1'],
  ['a script that is none', { numbers: { '6001': ['answer', 'maybe'] } }, '/numbers/6001/1: Expected string to match'],
  ['keys that no phone has', { digits: { x: 1 } }, '/digits/x: Unexpected property'],
  ['no object', [], '/: Expected object'],
])('a profile with %s is refused, and the error names the field', (_, profile, problem) => {
  expect(() => readProfile(profile)).toThrow(problem)
})

test('a profile file that is missing is refused, and the error names its path', () => {
  expect(() => loadProfile('/nowhere/profile.json')).toThrow(/SIMULATED_CARRIER_PROFILE: \/nowhere\/profile.json is not a carrier profile/)
})

test.each(['default', 'instant'])('the shipped profile %s can be read', (name) => {
  expect(() => loadProfile(new URL(`../../../profiles/${name}.json`, import.meta.url).pathname)).not.toThrow()
})

test.each([
  ['busy', { type: 'busy' }],
  ['failed:404', { type: 'failed', sipStatus: 404 }],
  ['answer', { type: 'answer', keys: null, hangsUp: false }],
  ['answer:', { type: 'answer', keys: [''], hangsUp: false }],
  ['answer:1,12#', { type: 'answer', keys: ['1', '12#'], hangsUp: false }],
  ['answer;hangup', { type: 'answer', keys: null, hangsUp: true }],
])('the script %s is read', (text, script) => {
  expect(parseScript(text)).toEqual(script)
})
