import { type Static, Type } from '@sinclair/typebox'
import { message } from './envelope.ts'
import { TestFlag } from './identity.ts'
import { FlowOutcome, Outcome } from './outcome.ts'
import { Nullable, Scalar, Variables } from './scalars.ts'

/**
 * Events of a call carry `seq` 1, 2, 3… without gaps; `call.ended` carries the last one. The id of an event is `<callId>:<seq>`.
 * An order that was never dialed has the single event `call.not_dialed`; it does not count as a call.
 */
const subject = {
  callId: Type.String(),
  seq: Type.Integer({ minimum: 1 }),
  executionId: Nullable(Type.String()),
  jobId: Nullable(Type.String()),
}

/** The node that an event belongs to. */
const nodeContext = Type.Object({ nodeId: Type.String(), nodeType: Type.String(), nodeExecutionIndex: Type.Integer() })

/** The call is in the dial journal and is sent to the carrier next. Always `seq` 1. The event's time is the call's `startedAt`. */
export const CallStarted = message(
  'call.started',
  Type.Object({
    ...subject,
    programId: Nullable(Type.String()),
    contactId: Nullable(Type.String()),
    /** The contact's names at the launch; absent if there are none. */
    firstName: Type.Optional(Type.String()),
    lastName: Type.Optional(Type.String()),
    attempt: Type.Integer({ minimum: 1 }),
    maxAttempts: Type.Integer({ minimum: 1 }),
    from: Type.String(),
    to: Type.String(),
    direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound')]),
    flowId: Type.String(),
    flowVersion: Type.Integer(),
    flowName: Type.String(),
    test: TestFlag,
  }),
)
export type CallStarted = Static<typeof CallStarted>

/** The carrier accepted the call. */
export const CallDialed = message(
  'call.dialed',
  Type.Object({ ...subject, from: Type.String(), to: Type.String(), timeoutMs: Type.Integer(), enableAMD: Type.Boolean(), nodeContext }),
)
export type CallDialed = Static<typeof CallDialed>

export const CallRinging = message('call.ringing', Type.Object({ ...subject }))
export type CallRinging = Static<typeof CallRinging>

/** `ringDurationMs` is exactly `answeredAt − dialedAt`; the event's time is `answeredAt`. */
export const CallAnswered = message(
  'call.answered',
  Type.Object({
    ...subject,
    answeredBy: Type.Union([Type.Literal('human'), Type.Literal('machine'), Type.Literal('unsure')]),
    ringDurationMs: Type.Integer({ minimum: 0 }),
    nodeContext,
  }),
)
export type CallAnswered = Static<typeof CallAnswered>

/** A node has finished; the event's time is its end. `visit` is 1 the first time that the call runs this node. */
export const NodeExecuted = message(
  'node.executed',
  Type.Object({
    ...subject,
    nodeId: Type.String(),
    nodeType: Type.String(),
    nodeLabel: Type.Optional(Type.String()),
    nodeExecutionIndex: Type.Integer({ minimum: 1 }),
    visit: Type.Integer({ minimum: 1 }),
    startedAt: Type.String(),
    durationMs: Type.Integer({ minimum: 0 }),
    outputPath: Type.String(),
    /** Shown in the timeline: `digits` and `branch` of dtmf, `completedBy` of play, `recordingId` of record, … */
    data: Type.Record(Type.String(), Scalar),
  }),
)
export type NodeExecuted = Static<typeof NodeExecuted>

/** The call is over; no event follows. The event's time is `endedAt`. */
export const CallEnded = message(
  'call.ended',
  Type.Object({
    ...subject,
    contactId: Nullable(Type.String()),
    attempt: Type.Integer({ minimum: 1 }),
    outcome: Outcome,
    outcomeReason: Type.String(),
    flowOutcome: FlowOutcome,
    dialedAt: Nullable(Type.String()),
    answeredAt: Nullable(Type.String()),
    /** From the answer to the end; null if nobody answered (contract rule 8). */
    durationMs: Nullable(Type.Integer({ minimum: 0 })),
    q850Cause: Nullable(Type.Integer()),
    sipStatus: Nullable(Type.Integer()),
    /** A retry cannot succeed, for example with an unallocated number. */
    retryPointless: Type.Boolean(),
    /** The dial node that made the call; it is billed from the answer to the end. Null if the flow could not be run. */
    dialNodeId: Nullable(Type.String()),
    finalVariables: Variables,
    nodeExecutionCount: Type.Integer({ minimum: 0 }),
    flowStartedAt: Nullable(Type.String()),
    flowCompletedAt: Nullable(Type.String()),
    /** Only in test mode: the call is free of charge. */
    test: TestFlag,
  }),
)
export type CallEnded = Static<typeof CallEnded>

/** The order was too late, or its number may not be called. The carrier never gets a call with this id. */
export const CallNotDialed = message(
  'call.not_dialed',
  Type.Object({
    ...subject,
    contactId: Nullable(Type.String()),
    attempt: Type.Integer({ minimum: 1 }),
    reason: Type.Union([Type.Literal('expired'), Type.Literal('suppressed')]),
  }),
)
export type CallNotDialed = Static<typeof CallNotDialed>

/** The execution or job that a call belongs to. */
export function callSubjectOf({ data }: { data: { callId: string; executionId: string | null; jobId: string | null } }): string {
  return data.executionId ?? data.jobId ?? data.callId
}

/** All events that `seq` counts. A projection that reads calls in the order of `seq` follows all of them: one that is left out looks like a gap. */
export const sequencedCallEvents = [CallStarted, CallDialed, CallRinging, CallAnswered, NodeExecuted, CallEnded] as const
export type SequencedCallEvent = Static<(typeof sequencedCallEvents)[number]>

export const CallEvent = Type.Union([...sequencedCallEvents, CallNotDialed])
export type CallEvent = Static<typeof CallEvent>
