import { maxAttempts } from '@carillon/calling-time/retry'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { testFlag } from '@carillon/contracts/identity'
import { toIso } from '@carillon/contracts/instant'
import type { JobEnded, JobRequested } from '@carillon/contracts/job-events'
import { timeOf } from './dial-order.ts'
import { type Job, type JobPlan, statusOf } from './job.ts'

/**
 * The order to place the call of a job that has just been ordered, or was ordered before. It depends on the job alone, but for the time from which it may be dialed.
 */
export function jobOrder({ plan, contact, orderNotAfterMs }: Job, notBeforeMs: number): DialOrder {
  const { callId, attempt } = contact
  if (callId === null || orderNotAfterMs === null) throw new Error(`job ${plan.id} has no order`)
  return {
    id: callId,
    type: 'dial',
    version: 1,
    organizationId: plan.organizationId,
    time: timeOf(callId),
    correlationId: plan.id,
    causationId: null,
    data: {
      callId,
      executionId: null,
      jobId: plan.id,
      programId: null,
      contactId: plan.contactId,
      attempt,
      maxAttempts: maxAttempts(plan.retryStrategy),
      from: plan.from,
      to: plan.to,
      flowId: plan.flowId,
      flowVersion: plan.flowVersion,
      flowName: plan.flowName,
      amd: plan.amd,
      variables: plan.variables,
      notBefore: toIso(notBeforeMs),
      notAfter: toIso(orderNotAfterMs),
      ...testFlag(plan.isTest),
    },
  }
}

const header = ({ id, organizationId }: JobPlan, event: string, atMs: number, causationId: string | null) => ({
  id: `${id}:${event}`,
  version: 1 as const,
  organizationId,
  time: toIso(atMs),
  correlationId: id,
  causationId,
})

export function jobRequested({ plan }: Job, requestId: string): JobRequested {
  const { id: jobId, to, from, flowId, contactId, isTest, createdAtMs } = plan
  return {
    type: 'job.requested',
    ...header(plan, 'requested', createdAtMs, requestId),
    data: { jobId, to, from, flowId, contactId, ...testFlag(isTest) },
  }
}

/** Of a job that has ended. */
export function jobEnded(job: Job): JobEnded {
  const { plan, contact, failureReason, outcome, endedAtMs } = job
  if (endedAtMs === null) throw new Error(`job ${plan.id} has not ended`)
  const status = statusOf(job) === 'completed' ? 'completed' : 'failed'
  return {
    type: 'job.ended',
    ...header(plan, 'ended', endedAtMs, contact.callId),
    data: { jobId: plan.id, status, failureReason, outcome, attempts: contact.attempt, ...testFlag(plan.isTest) },
  }
}
