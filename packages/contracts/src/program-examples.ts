import { exampleIds } from './example-ids.ts'

/** Bodies of `POST /programs`. */
export const createProgramExamples = [
  {
    name: 'Payment reminders in March',
    audienceId: exampleIds.audience,
    flowId: exampleIds.flow,
    startAt: '2026-03-01T09:00:00Z',
    didPool: [exampleIds.did],
    retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 },
    timezone: 'Africa/Casablanca',
    pauseWindows: { friday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 30 } }] },
    pacing: { maxConcurrentCalls: 20, callsPerSecond: 2 },
  },
  {
    name: 'One call each',
    audienceId: exampleIds.audience,
    flowId: exampleIds.flow,
    startAt: '2026-03-01T10:00:00+01:00',
    didPool: [exampleIds.did],
    retryStrategy: { type: 'none' },
  },
]
