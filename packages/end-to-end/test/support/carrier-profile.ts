import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromTestRun } from '@carillon/testing/slot'

/** How people behave on the telephone; durations are in platform time. */
const people = {
  outcomes: { answer: 0.5, machine: 0.12, no_answer: 0.2, busy: 0.08, rejected: 0.05, failed: 0.05 },
  postDialDelayMs: { min: 200, max: 1_500 },
  ringMs: { min: 2_000, max: 15_000 },
  busyAfterMs: { min: 900, max: 3_000 },
  rejectedAfterMs: { min: 1_500, max: 8_000 },
  failedAfterMs: { min: 300, max: 2_000 },
  failures: [
    { sipStatus: 503, q850Cause: 34, weight: 0.7 },
    { sipStatus: 404, q850Cause: 1, weight: 0.3 },
  ],
  hangUp: { probability: 0.12, afterMs: { min: 1_000, max: 30_000 } },
  media: { defaultMs: 3_000, durations: { menu: 4_000, information: 6_000, reminder: 2_500 } },
  sayMsPerCharacter: 60,
  digits: { '1': 0.55, '2': 0.12, '3': 0.08, '5': 0.08, '9': 0.05, '': 0.12 },
  digitDelayMs: { min: 500, max: 2_500 },
  record: { minMs: 2_000, maxMs: 9_000 },
  amd: { detectMs: { min: 800, max: 2_500 }, accuracy: 0.95 },
}

/** Writes a profile for the simulated carrier. `numbers` holds the scripts of some numbers, one script for each attempt. */
export function writeCarrierProfile(numbers: Record<string, string[]> = {}): string {
  const path = join(fromTestRun('TEST_DATA_DIR'), `carrier-${randomUUID()}.json`)
  writeFileSync(path, JSON.stringify({ ...people, numbers }))
  return path
}
