import { type Static, Type } from '@sinclair/typebox'
import { Outcome } from './outcome.ts'
import { Paginated } from './pagination.ts'
import { PauseWindows } from './program.ts'
import { RetryStrategy } from './retry-strategy.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })
/** Two decimals, rounded half up, 0 when the denominator is 0 (contract rule 4). */
const Percentage = (description: string) => Type.Number({ minimum: 0, description: `${description}, in percent with two decimals` })
/** Credits: a JSON number with up to six decimals (contract rule 10). */
const Credits = (description: string) => Type.Number({ description: `${description}, in credits with up to six decimals` })

export const effectiveStatuses = [
  'scheduled',
  'running',
  'paused_manual',
  'paused_window',
  'paused_no_credits',
  'paused_threshold',
  'completed',
  'stopped',
  'cancelled',
] as const
export type EffectiveStatus = (typeof effectiveStatuses)[number]

export const ContactMetrics = Type.Object(
  {
    totalContacts: Count('Contacts of the execution. The sum of the seven counts that follow'),
    pending: Count('Wait for their first call'),
    queued: Count('Their call is about to start'),
    calling: Count('Their call is going on'),
    pendingRetry: Count('Wait for a retry'),
    completed: Count('Were reached'),
    failed: Count('Were not reached and are not called again'),
    skipped: Count('Are not called: the execution ended before, or they may not be called'),
    reachRate: Percentage('completed / totalContacts'),
  },
  { 'x-schema': 'ContactMetrics', description: 'The contacts of an execution by status.' },
)
export type ContactMetrics = Static<typeof ContactMetrics>

export const CallMetrics = Type.Object(
  {
    totalCalls: Count('All calls. The sum of the six outcomes and the calls that are still going on'),
    connected: Count('answered + voicemail'),
    answered: Count('A human answered'),
    voicemail: Count('An answering machine answered'),
    noAnswer: Count('Nobody answered'),
    busy: Count('The line was busy'),
    rejected: Count('The callee rejected the call'),
    failed: Count('The call failed, such as for a number that does not exist'),
    completed: Count('The flow reached a normal end'),
    connectionRate: Percentage('connected / totalCalls'),
    answerRate: Percentage('answered / totalCalls'),
  },
  { 'x-schema': 'CallMetrics', description: 'The calls of an execution by outcome.' },
)
export type CallMetrics = Static<typeof CallMetrics>

export const BillingMetrics = Type.Object(
  {
    totalCreditsUsed: Credits('What all calls cost'),
    billableCallsCount: Count('Calls that cost something'),
    averageCostPerCall: Credits('totalCreditsUsed / billableCallsCount'),
  },
  { 'x-schema': 'BillingMetrics', description: 'What the calls of an execution cost.' },
)
export type BillingMetrics = Static<typeof BillingMetrics>

/** `GET /program-execution/:id/report` */
export const ProgramReport = Type.Object(
  {
    executionId: described(Uuid, 'The execution’s id'),
    programId: described(Uuid, 'The program that was launched'),
    organizationId: described(Uuid, 'The organization that the execution belongs to'),
    status: Type.String({ description: 'The status of the execution, as in `getExecution`' }),
    test: Type.Boolean({ description: 'The execution was launched in test mode: its calls are simulated and free' }),
    effectiveStatus: Type.Union(
      effectiveStatuses.map((status) => Type.Literal(status)),
      { description: 'What is going on now: `paused_window` in a pause window, `paused_manual` if a user paused the execution' },
    ),
    isInPauseWindow: Type.Boolean({ description: 'Whether this instant lies in a pause window' }),
    scheduledStartAt: described(Instant, 'The program’s `startAt` at the launch'),
    scheduledStopAt: Type.Optional(described(Instant, 'The program’s `stopAt` at the launch, if it has one')),
    actualStartAt: Type.Optional(described(Instant, 'When calls began; absent before that')),
    actualEndAt: Type.Optional(described(Instant, 'When the execution ended; absent before that')),
    durationMs: Type.Optional(Count('From `actualStartAt` to the end, or to now, in milliseconds')),
    metadata: Type.Object(
      {
        flowId: described(Uuid, 'The flow that runs on each call'),
        flowName: Type.String({ description: 'Its name at the launch' }),
        audienceId: described(Uuid, 'The audience whose contacts are called'),
        didPool: Type.Array(Type.String(), { description: 'The numbers that calls are made from (E.164)' }),
        retryStrategy: RetryStrategy,
        pauseWindows: Type.Optional(PauseWindows),
      },
      { description: 'What was launched' },
    ),
    contactMetrics: ContactMetrics,
    callMetrics: CallMetrics,
    billingMetrics: BillingMetrics,
  },
  { $id: 'ProgramReport', description: 'The report of an execution.' },
)
export type ProgramReport = Static<typeof ProgramReport>

/** One call of `GET /program-execution/:id/report/calls` */
export const CallHistoryItem = Type.Object(
  {
    callId: described(Uuid, 'The call’s id'),
    contactId: described(Nullable(Uuid), 'The contact that was called; null for a call without one'),
    from: Type.String({ description: 'The number that the call was made from (E.164)' }),
    to: Type.String({ description: 'The number that was called: E.164, or an extension of the trunk' }),
    direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound')], { description: '`outbound`: we called' }),
    attempt: Type.Integer({ minimum: 1, description: '1 for the first call of a contact, 2 for the first retry and so on' }),
    status: Type.Union([Type.Literal('ongoing'), Outcome], { description: '`ongoing` until the call has ended, then its outcome' }),
    outcome: described(Nullable(Outcome), 'How the call went; null until it has ended'),
    startedAt: described(Instant, 'When dialing began'),
    endedAt: Type.Optional(described(Instant, 'When the call ended; absent before that')),
    durationMs: Type.Optional(Count('From the answer to the end, in milliseconds; absent if nobody answered')),
    totalCost: Type.Optional(Credits('What the call cost; absent until it is rated, moments after its end')),
  },
  { $id: 'CallHistoryItem', description: 'One call of an execution.' },
)
export type CallHistoryItem = Static<typeof CallHistoryItem>

export const CallHistory = Paginated(CallHistoryItem)
export type CallHistory = Static<typeof CallHistory>

export const AttemptBreakdown = Type.Object(
  {
    attemptNumber: Type.Integer({ minimum: 0, description: '1 for first calls, 2 for first retries and so on; 0 for the total' }),
    callsAttempted: Count('All calls of the attempt'),
    callsConnected: Count('callsAnswered + callsVoicemail'),
    callsAnswered: Count('A human answered'),
    callsVoicemail: Count('An answering machine answered'),
    callsNoAnswer: Count('Nobody answered'),
    callsFailed: Count('Busy, rejected or failed'),
    callsCompleted: Count('The flow reached a normal end'),
    connectedPercentage: Percentage('callsConnected / callsAttempted'),
    answeredPercentage: Percentage('callsAnswered / callsAttempted'),
    voicemailPercentage: Percentage('callsVoicemail / callsAttempted'),
    noAnswerPercentage: Percentage('callsNoAnswer / callsAttempted'),
    completedPercentage: Percentage('callsCompleted / callsAttempted'),
    averageDurationMs: Type.Number({ minimum: 0, description: 'Mean duration of the connected calls, in milliseconds' }),
  },
  { 'x-schema': 'AttemptBreakdown', description: 'The calls of one attempt number, or of all.' },
)
export type AttemptBreakdown = Static<typeof AttemptBreakdown>

/** `GET /program-execution/:id/report/breakdown` */
export const EventBreakdown = Type.Object(
  {
    perAttempt: Type.Array(AttemptBreakdown, { description: 'One item for each attempt number, the first calls first' }),
    total: described(AttemptBreakdown, 'All calls'),
  },
  { $id: 'EventBreakdown', description: 'The calls of an execution by attempt number.' },
)
export type EventBreakdown = Static<typeof EventBreakdown>

export const NodeExecutionStat = Type.Object(
  {
    nodeId: Type.String({ description: 'The node’s id in the flow' }),
    nodeType: Type.String({ description: 'The node’s type, such as `dial`' }),
    nodeLabel: Type.Optional(Type.String({ description: 'The node’s label, if it has one' })),
    uniqueCalls: Count('Calls that ran the node at least once'),
    totalExecutions: Count('How often the node ran, over all calls'),
    percentage: Percentage('uniqueCalls / totalCalls'),
    dtmfBreakdown: Type.Optional(
      Type.Record(Type.String(), Count('How often'), { description: 'For a menu: how often each entry was pressed' }),
    ),
    dtmfPercentages: Type.Optional(
      Type.Record(Type.String(), Percentage('Share'), { description: 'For a menu: the share of each entry, in percent' }),
    ),
  },
  { 'x-schema': 'NodeExecutionStat', description: 'How often a node of the flow ran.' },
)
export type NodeExecutionStat = Static<typeof NodeExecutionStat>

/** `GET /program-execution/:id/report/node-stats` */
export const NodeExecutionStats = Type.Object(
  {
    nodes: Type.Array(NodeExecutionStat, { description: 'Every node of the flow, in the flow’s order' }),
    totalCalls: Count('All calls of the execution'),
    completedCalls: Count('Calls whose flow reached a normal end'),
    completionRate: Percentage('completedCalls / totalCalls'),
  },
  { $id: 'NodeExecutionStats', description: 'How often each node of an execution’s flow ran.' },
)
export type NodeExecutionStats = Static<typeof NodeExecutionStats>

/** `GET /program-execution/:id/report/billing` */
export const ProgramBillingReport = Type.Object(
  {
    executionId: described(Uuid, 'The execution’s id'),
    summary: described(BillingMetrics, 'The total'),
    byNodeType: Type.Array(
      Type.Object({
        nodeType: Type.String({ description: 'The type of the nodes, such as `dial`' }),
        totalCost: Credits('What they cost together'),
        executionCount: Count('How often they ran'),
        totalDurationMs: described(
          Nullable(Count('Milliseconds')),
          'How long they ran together, in milliseconds; null if no duration is known',
        ),
      }),
      { description: 'The costs by type of node' },
    ),
    topCostlyCalls: Type.Array(
      Type.Object({
        callId: described(Uuid, 'The call’s id'),
        contactId: described(Nullable(Uuid), 'The contact that was called'),
        totalCost: Credits('What the call cost'),
        durationMs: described(Nullable(Count('Milliseconds')), 'From the answer to the end, in milliseconds; null if nobody answered'),
      }),
      { description: 'The ten most expensive calls, the most expensive first' },
    ),
  },
  { $id: 'ProgramBillingReport', description: 'What an execution cost.' },
)
export type ProgramBillingReport = Static<typeof ProgramBillingReport>
