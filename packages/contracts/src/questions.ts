import { FlowGraph } from '@carillon/call-flow/graph'
import { type Static, Type } from '@sinclair/typebox'
import { CreateCallRequest, JobFailure, JobStatus } from './call-request.ts'
import { FieldProblem } from './error-body.ts'
import { CallingHours, Pacing, PauseWindows, ProgramResponse } from './program.ts'
import { ExecutionLaunched } from './program-events.ts'
import { RetryStrategy } from './retry-strategy.ts'
import { Nullable } from './scalars.ts'
import { SnapshotContact } from './snapshot-contact.ts'

/** Numbers that can stand in a do-not-call list: international ones, and extensions of a trunk. */
export const dialableNumber = '^\\+?[0-9]{1,15}$'

/** Numbers of one {@link questions.doNotCall} at most. */
export const maxNumbersPerQuestion = 1_000

/** Questions between services, by NATS request/reply: subject, request and answer. */
export const questions = {
  /** Asked by the orchestrator at launch, answered by program-api. */
  launchSnapshot: {
    subject: 'ask.program-api.launch-snapshot',
    request: Type.Object({ organizationId: Type.String(), programId: Type.String() }),
    answer: Type.Object({
      program: ProgramResponse,
      flow: Type.Object({ id: Type.String(), version: Type.Integer(), name: Type.String(), graph: FlowGraph }),
      /** The DIDs of the pool that are active. */
      dids: Type.Array(Type.Object({ id: Type.String(), number: Type.String() })),
    }),
  },
  /** Asked by the dialer bridge for a flow version that is not in its cache; versions never change. Answered by program-api. */
  flowVersion: {
    subject: 'ask.program-api.flow-version',
    request: Type.Object({ organizationId: Type.String(), flowId: Type.String(), version: Type.Integer() }),
    answer: Type.Object({ flowId: Type.String(), version: Type.Integer(), name: Type.String(), graph: FlowGraph }),
  },
  /**
   * Asked by the orchestrator for a request to call one number: what the request names, checked. Answered by program-api, or refused with the error of the
   * request. `country` reads a local number.
   */
  callTarget: {
    subject: 'ask.program-api.call-target',
    request: Type.Object({ organizationId: Type.String(), country: Type.String(), extensions: Type.Boolean(), request: CreateCallRequest }),
    answer: Type.Object({
      to: Type.String(),
      from: Type.String(),
      flow: Type.Object({ id: Type.String(), version: Type.Integer(), name: Type.String() }),
      contact: Nullable(SnapshotContact),
      retryStrategy: RetryStrategy,
      pauseWindows: Nullable(PauseWindows),
      callingHours: Nullable(CallingHours),
    }),
  },
  /** Asked by the orchestrator while an execution runs: the DIDs of its pool that are still active. Answered by program-api. */
  activeDids: {
    subject: 'ask.program-api.active-dids',
    request: Type.Object({ organizationId: Type.String(), programId: Type.String() }),
    answer: Type.Object({ dids: Type.Array(Type.Object({ id: Type.String(), number: Type.String() })) }),
  },
  /**
   * Asked by the dialer bridge about a batch of orders before it journals them: which of these numbers must not be called now. Answered by program-api with
   * their places in the question, from 0.
   */
  doNotCall: {
    subject: 'ask.program-api.do-not-call',
    request: Type.Object({
      numbers: Type.Array(
        Type.Object({ organizationId: Type.String({ format: 'uuid' }), phone: Type.String({ pattern: dialableNumber }) }),
        {
          maxItems: maxNumbersPerQuestion,
        },
      ),
    }),
    answer: Type.Object({ listed: Type.Array(Type.Integer({ minimum: 0 })) }),
  },
  /** Asked by reporting for the columns of an export: the custom attributes of the organization, the oldest first. Answered by program-api. */
  customAttributes: {
    subject: 'ask.program-api.custom-attributes',
    request: Type.Object({ organizationId: Type.String() }),
    answer: Type.Object({ attributes: Type.Array(Type.Object({ slug: Type.String(), displayName: Type.String() })) }),
  },
  /** Asked by the orchestrator at a launch and a request for one call: the organization’s settings for what they do not say (contract rule 19). Answered by the gateway. */
  organizationDefaults: {
    subject: 'ask.gateway.organization-defaults',
    request: Type.Object({ organizationId: Type.String() }),
    answer: Type.Object({ callingHours: Nullable(CallingHours), pacing: Nullable(Pacing), amd: Nullable(Type.Boolean()) }),
  },
  /** Asked by the orchestrator at a launch and a resume: the balance as it is now. Answered by billing; both are 0 for an account without entries. */
  accountBalance: {
    subject: 'ask.billing.account-balance',
    request: Type.Object({ organizationId: Type.String() }),
    answer: Type.Object({ balanceMicros: Type.Integer(), entryCount: Type.Integer({ minimum: 0 }) }),
  },
  /**
   * Asked by the orchestrator when a launch has committed, before it answers the launch: program-api takes note of the execution now, not only when the
   * event arrives. Asking again changes nothing.
   */
  noteLaunch: {
    subject: 'ask.program-api.note-launch',
    request: Type.Object({ organizationId: Type.String(), programId: Type.String(), executionId: Type.String(), test: Type.Boolean() }),
    answer: Type.Object({}),
  },
  /** Asked by reporting for the report of a job. Answered by the orchestrator as long as it keeps the job. */
  job: {
    subject: 'ask.orchestrator.job',
    request: Type.Object({ organizationId: Type.String(), jobId: Type.String() }),
    answer: Type.Object({ status: JobStatus, failureReason: Nullable(JobFailure), attempts: Type.Integer({ minimum: 0 }) }),
  },
  /** Asked by reporting for an execution whose events have not arrived yet. Answered by the orchestrator with the event of its launch. */
  executionAtLaunch: {
    subject: 'ask.orchestrator.execution-at-launch',
    request: Type.Object({ organizationId: Type.String(), executionId: Type.String() }),
    answer: Type.Object({ launched: ExecutionLaunched }),
  },
} as const

export type Question = (typeof questions)[keyof typeof questions]
export type Asked<Q extends Question> = Static<Q['request']>
export type Answered<Q extends Question> = Static<Q['answer']>

/** Answer to a question that was refused: the domain error. */
export const QuestionRefused = Type.Object({
  refused: Type.Object({
    kind: Type.String(),
    name: Type.String(),
    message: Type.String(),
    details: Type.Optional(Type.Array(FieldProblem)),
  }),
})
export type QuestionRefused = Static<typeof QuestionRefused>
