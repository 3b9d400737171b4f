import { type Static, Type } from '@sinclair/typebox'
import { RateUnit } from './billing-events.ts'
import { JobFailure, JobStatus } from './call-request.ts'
import { FlowOutcome, Outcome } from './outcome.ts'
import { described, Instant, Nullable, Scalar, Uuid, Variables } from './scalars.ts'

const Milliseconds = (description: string) => Type.Integer({ minimum: 0, description: `${description}, in milliseconds` })
/** Credits: a JSON number with up to six decimals (contract rule 10). */
const Credits = (description: string) => Type.Number({ description: `${description}, in credits with up to six decimals` })
const OptionalInstant = (description: string) => Type.Optional(described(Instant, description))

const CallDetails = Type.Object(
  {
    status: Type.Union([Type.Literal('ongoing'), Outcome], { description: '`ongoing` until the call has ended, then its outcome' }),
    direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound')], { description: '`outbound`: we called' }),
    from: Type.String({ description: 'The number that the call was made from (E.164)' }),
    to: Type.String({ description: 'The number that was called: E.164, or an extension of the trunk' }),
    createdAt: described(Instant, 'When the call was entered in the dial journal, just before the carrier was asked'),
    dialedAt: OptionalInstant('When the carrier accepted the call; absent before that'),
    answeredAt: OptionalInstant('When it was answered; absent if nobody answered'),
    terminatedAt: OptionalInstant('When it ended; absent while it goes on'),
    durationMs: Type.Optional(Milliseconds('From the answer to the end; absent if nobody answered')),
  },
  { 'x-schema': 'CallDetails', description: 'The call itself' },
)

const NodeExecutionPathEntry = Type.Object(
  {
    nodeId: Type.String({ description: 'The node’s id in the flow' }),
    nodeType: Type.String({ description: 'The node’s type, such as `dial`' }),
    nodeLabel: Type.Optional(Type.String({ description: 'The node’s label, if it has one' })),
    outputPath: Type.Optional(Type.String({ description: 'The output that was taken, such as `onAnswer`; absent while the node runs' })),
    timestamp: described(Instant, 'When the node began'),
  },
  { 'x-schema': 'NodeExecutionPathEntry', description: 'One run of a node' },
)

const FlowExecutionDetails = Type.Object(
  {
    flowId: described(Uuid, 'The flow that ran'),
    flowName: Type.String({ description: 'Its name when the call was ordered' }),
    flowVersion: Type.Integer({ minimum: 1, description: 'Its version' }),
    executionPath: Type.Array(NodeExecutionPathEntry, { description: 'The nodes that ran, in order' }),
    finalVariables: described(Variables, 'The variables when the flow ended, by name; empty while the call goes on'),
    nodeExecutionCount: Type.Integer({ minimum: 0, description: 'How many nodes ran' }),
    flowStartedAt: OptionalInstant('When the flow began'),
    flowCompletedAt: OptionalInstant('When the flow ended; absent if it was cut short, or while it runs'),
  },
  { 'x-schema': 'FlowExecutionDetails', description: 'What the flow did on the call' },
)

const NodeContext = Type.Object(
  {
    nodeId: Type.String({ description: 'The node’s id in the flow' }),
    nodeType: Type.String({ description: 'The node’s type' }),
    nodeExecutionIndex: Type.Integer({ minimum: 1, description: 'Which node execution of the call this was, from 1' }),
  },
  { 'x-schema': 'NodeContext', description: 'The run of a node that an event belongs to' },
)

const CallReportEvent = Type.Object(
  {
    type: Type.String({ description: '`dial`, `answer`, or the type of the node that ran, such as `play`, `dtmf`, `record` or `hangup`' }),
    timestamp: described(Instant, 'When it happened; for a node, when it was over'),
    // TypeBox has no type for an object with known and further properties.
    data: Type.Unsafe<Record<string, Static<typeof Scalar> | Static<typeof NodeContext>>>(
      Type.Object(
        { nodeContext: Type.Optional(NodeContext) },
        { additionalProperties: Scalar, description: 'What the event says, such as the digits of a menu or the duration of a prompt' },
      ),
    ),
  },
  { 'x-schema': 'CallReportEvent', description: 'One event of a call' },
)

const NodeCostReport = Type.Object(
  {
    nodeId: Type.String({ description: 'The node’s id in the flow' }),
    nodeType: Type.String({ description: 'The node’s type' }),
    durationMs: described(Nullable(Milliseconds('Duration')), 'How long it lasted, in milliseconds; null for what has no duration'),
    cost: Credits('What this run of the node cost'),
    costPerUnit: Credits('The rate'),
    unit: RateUnit,
    minDurationMs: described(
      Nullable(Milliseconds('Minimum')),
      'The shortest duration that is billed, in milliseconds; null if there is none',
    ),
  },
  { 'x-schema': 'NodeCostReport', description: 'What one run of a node cost' },
)

const CallBillingReport = Type.Object(
  {
    nodes: Type.Array(NodeCostReport, { description: 'The nodes that have a rate, in the order in which they ran' }),
    totalCost: Credits('What the call cost'),
  },
  { 'x-schema': 'CallBillingReport', description: 'What the call cost, node by node' },
)

/** `GET /call-report/calls/:callId` */
export const CallAttemptReport = Type.Object(
  {
    callId: described(Uuid, 'The call’s id'),
    attempt: Type.Integer({ minimum: 1, description: '1 for the first call of a contact, 2 for the first retry and so on' }),
    programId: Type.Optional(described(Uuid, 'The program; absent for a call without one')),
    programExecutionId: Type.Optional(described(Uuid, 'The execution; absent for a call without one')),
    contactId: Type.Optional(described(Uuid, 'The contact that was called; absent for a call without one')),
    call: CallDetails,
    outcome: described(Nullable(Outcome), 'How the call went; null until it has ended'),
    outcomeReason: Type.Optional(Type.String({ description: 'Why, as a sentence for people; absent until the call has ended' })),
    flowOutcome: Type.Optional(described(FlowOutcome, 'How the flow went; absent until the call has ended')),
    flowExecution: Type.Optional(described(FlowExecutionDetails, 'What the flow did; absent if no flow ran')),
    billing: Type.Optional(described(CallBillingReport, 'What the call cost; absent until it is rated, and if it cost nothing')),
    events: Type.Array(CallReportEvent, { description: 'What happened on the call, in order' }),
  },
  { $id: 'CallAttemptReport', description: 'One call with all that happened on it.' },
)
export type CallAttemptReport = Static<typeof CallAttemptReport>

/** `GET /call-report/jobs/:jobId` */
export const JobReport = Type.Object(
  {
    jobId: described(Uuid, 'The job’s id'),
    status: JobStatus,
    finalOutcome: Type.Optional(described(Outcome, 'How its last call went; absent until it has ended')),
    failureReason: Type.Optional(described(JobFailure, 'Why it failed; absent unless it has')),
    attempts: Type.Array(CallAttemptReport, { description: 'Its calls, in the order of their attempt' }),
  },
  { $id: 'JobReport', description: 'A job with all its calls.' },
)
export type JobReport = Static<typeof JobReport>
