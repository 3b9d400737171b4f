import type { JobFailure, JobStatus } from '@carillon/contracts/call-request'
import type { Outcome } from '@carillon/contracts/outcome'

/** How far the orchestrator says that a job has come. */
export interface JobProgress {
  readonly status: JobStatus
  readonly failureReason: JobFailure | null
  /** Calls that were ordered. */
  readonly attempts: number
}

interface JobState {
  readonly status: JobStatus
  readonly failureReason: JobFailure | null
}

/**
 * The state of a job that fits the calls that are known here. A job that the orchestrator says has ended is still `active` while its last call is not, so that a
 * report never contradicts itself. Of a job that the orchestrator does not keep, the calls alone say how it went.
 *
 * @param outcomes of its calls in the order of their attempt; null while a call goes on.
 */
export function jobState(progress: JobProgress | undefined, outcomes: readonly (Outcome | null)[]): JobState {
  const last = outcomes.at(-1) ?? null
  if (progress === undefined) {
    if (last === null) return { status: 'active', failureReason: null }
    return last === 'completed' ? { status: 'completed', failureReason: null } : { status: 'failed', failureReason: 'not_reached' }
  }
  const { status, failureReason, attempts } = progress
  const isOver = outcomes.length >= attempts && (outcomes.length === 0 || last !== null)
  if (status === 'completed' || status === 'failed') return isOver ? { status, failureReason } : { status: 'active', failureReason: null }
  return { status: outcomes.length > 0 ? 'active' : status, failureReason: null }
}
