import { expect, test } from 'vitest'
import { type JobProgress, jobState } from './job.ts'

const said = (status: JobProgress['status'], attempts: number, failureReason: JobProgress['failureReason'] = null) => ({
  status,
  attempts,
  failureReason,
})

test.each([
  ['waits', said('queued', 0), [], 'queued', null],
  ['has an order of which no call is known yet', said('active', 1), [], 'active', null],
  ['has a call that the orchestrator has not heard of', said('queued', 0), [null], 'active', null],
  ['waits for a retry', said('active', 1), ['busy'], 'active', null],
  ['is over', said('completed', 2), ['busy', 'completed'], 'completed', null],
  ['is over, its last call not yet', said('completed', 2), ['busy', null], 'active', null],
  ['is over, its last call is not known yet', said('completed', 2), ['busy'], 'active', null],
  ['failed without a call', said('failed', 0, 'do_not_call'), [], 'failed', 'do_not_call'],
  ['failed after its calls', said('failed', 1, 'cancelled'), ['busy'], 'failed', 'cancelled'],
  ['is forgotten, and a human answered', undefined, ['busy', 'completed'], 'completed', null],
  ['is forgotten, and nobody answered', undefined, ['busy', 'no_answer'], 'failed', 'not_reached'],
  ['is forgotten, and its call goes on', undefined, [null], 'active', null],
] as const)('a job that %s', (_what, progress, outcomes, status, failureReason) => {
  expect(jobState(progress, outcomes)).toEqual({ status, failureReason })
})
