import { testNumbers } from '@carillon/contracts/test-numbers'
import type { CarrierProfile } from './profile.ts'

const scripts = Object.fromEntries(testNumbers.map(({ number, attempts }) => [number, [...attempts]]))

/** The profile with the scripts of the test numbers. Its own scripts go before them. */
export function withTestNumbers(profile: CarrierProfile): CarrierProfile {
  return { ...profile, numbers: { ...scripts, ...profile.numbers } }
}
