import { type Static, Type } from '@sinclair/typebox'
import { JobFailure } from './call-request.ts'
import { message } from './envelope.ts'
import { TestFlag } from './identity.ts'
import { Outcome } from './outcome.ts'
import { Nullable } from './scalars.ts'

/*
 * What happens to jobs, on `PROGRAMS`. The lane key is the job's id. The events of its calls carry the same `jobId`.
 */

export const JobRequested = message(
  'job.requested',
  Type.Object({
    jobId: Type.String(),
    to: Type.String(),
    from: Type.String(),
    flowId: Type.String(),
    contactId: Nullable(Type.String()),
    test: TestFlag,
  }),
)
export type JobRequested = Static<typeof JobRequested>

/** No call follows. */
export const JobEnded = message(
  'job.ended',
  Type.Object({
    jobId: Type.String(),
    status: Type.Union([Type.Literal('completed'), Type.Literal('failed')]),
    failureReason: Nullable(JobFailure),
    /** Of its last call; null if there was none. */
    outcome: Nullable(Outcome),
    attempts: Type.Integer({ minimum: 0 }),
    test: TestFlag,
  }),
)
export type JobEnded = Static<typeof JobEnded>
