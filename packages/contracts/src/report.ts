import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Outcome, PauseWindows, RetryStrategy } from './program.ts'
import { Instant, Nullable, Uuid } from './scalars.ts'

const Count = Type.Integer({ minimum: 0 })
/** Two decimals, rounded half up, 0 when the denominator is 0 (contract rule 4). */
const Percentage = Type.Number({ minimum: 0 })
/** Credits: a JSON number with up to six decimals (contract rule 10). */
const Credits = Type.Number()

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

export const ContactMetrics = Type.Object({
  totalContacts: Count,
  pending: Count,
  queued: Count,
  calling: Count,
  pendingRetry: Count,
  completed: Count,
  failed: Count,
  skipped: Count,
  reachRate: Percentage,
})
export type ContactMetrics = Static<typeof ContactMetrics>

export const CallMetrics = Type.Object({
  totalCalls: Count,
  connected: Count,
  answered: Count,
  voicemail: Count,
  noAnswer: Count,
  busy: Count,
  rejected: Count,
  failed: Count,
  completed: Count,
  connectionRate: Percentage,
  answerRate: Percentage,
})
export type CallMetrics = Static<typeof CallMetrics>

export const BillingMetrics = Type.Object({ totalCreditsUsed: Credits, billableCallsCount: Count, averageCostPerCall: Credits })
export type BillingMetrics = Static<typeof BillingMetrics>

/** `GET /program-execution/:id/report` */
export const ProgramReport = Type.Object(
  {
    executionId: Uuid,
    programId: Uuid,
    organizationId: Uuid,
    status: Type.String(),
    test: Type.Boolean({ description: 'The execution was launched in test mode: its calls are simulated and free' }),
    effectiveStatus: Type.Union(effectiveStatuses.map((status) => Type.Literal(status))),
    isInPauseWindow: Type.Boolean(),
    scheduledStartAt: Instant,
    scheduledStopAt: Type.Optional(Instant),
    actualStartAt: Type.Optional(Instant),
    actualEndAt: Type.Optional(Instant),
    durationMs: Type.Optional(Count),
    metadata: Type.Object({
      flowId: Uuid,
      flowName: Type.String(),
      audienceId: Uuid,
      didPool: Type.Array(Type.String()),
      retryStrategy: RetryStrategy,
      pauseWindows: Type.Optional(PauseWindows),
    }),
    contactMetrics: ContactMetrics,
    callMetrics: CallMetrics,
    billingMetrics: BillingMetrics,
  },
  { $id: 'ProgramReport' },
)
export type ProgramReport = Static<typeof ProgramReport>

/** One call of `GET /program-execution/:id/report/calls` */
export const CallHistoryItem = Type.Object(
  {
    callId: Uuid,
    contactId: Nullable(Uuid),
    from: Type.String(),
    to: Type.String(),
    direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound')]),
    attempt: Type.Integer({ minimum: 1 }),
    status: Type.Union([Type.Literal('ongoing'), Outcome]),
    outcome: Nullable(Outcome),
    startedAt: Instant,
    endedAt: Type.Optional(Instant),
    durationMs: Type.Optional(Count),
    totalCost: Type.Optional(Credits),
  },
  { $id: 'CallHistoryItem' },
)
export type CallHistoryItem = Static<typeof CallHistoryItem>

export const CallHistory = Paginated(CallHistoryItem)
export type CallHistory = Static<typeof CallHistory>

export const AttemptBreakdown = Type.Object({
  attemptNumber: Type.Integer({ minimum: 0, description: '0 for the total' }),
  callsAttempted: Count,
  callsConnected: Count,
  callsAnswered: Count,
  callsVoicemail: Count,
  callsNoAnswer: Count,
  callsFailed: Count,
  callsCompleted: Count,
  connectedPercentage: Percentage,
  answeredPercentage: Percentage,
  voicemailPercentage: Percentage,
  noAnswerPercentage: Percentage,
  completedPercentage: Percentage,
  averageDurationMs: Type.Number({ minimum: 0 }),
})
export type AttemptBreakdown = Static<typeof AttemptBreakdown>

/** `GET /program-execution/:id/report/breakdown` */
export const EventBreakdown = Type.Object({ perAttempt: Type.Array(AttemptBreakdown), total: AttemptBreakdown }, { $id: 'EventBreakdown' })
export type EventBreakdown = Static<typeof EventBreakdown>

export const NodeExecutionStat = Type.Object({
  nodeId: Type.String(),
  nodeType: Type.String(),
  nodeLabel: Type.Optional(Type.String()),
  uniqueCalls: Count,
  totalExecutions: Count,
  percentage: Percentage,
  dtmfBreakdown: Type.Optional(Type.Record(Type.String(), Count)),
  dtmfPercentages: Type.Optional(Type.Record(Type.String(), Percentage)),
})
export type NodeExecutionStat = Static<typeof NodeExecutionStat>

/** `GET /program-execution/:id/report/node-stats` */
export const NodeExecutionStats = Type.Object(
  { nodes: Type.Array(NodeExecutionStat), totalCalls: Count, completedCalls: Count, completionRate: Percentage },
  { $id: 'NodeExecutionStats' },
)
export type NodeExecutionStats = Static<typeof NodeExecutionStats>

/** `GET /program-execution/:id/report/billing` */
export const ProgramBillingReport = Type.Object(
  {
    executionId: Uuid,
    summary: BillingMetrics,
    byNodeType: Type.Array(
      Type.Object({ nodeType: Type.String(), totalCost: Credits, executionCount: Count, totalDurationMs: Nullable(Count) }),
    ),
    topCostlyCalls: Type.Array(Type.Object({ callId: Uuid, contactId: Nullable(Uuid), totalCost: Credits, durationMs: Nullable(Count) })),
  },
  { $id: 'ProgramBillingReport' },
)
export type ProgramBillingReport = Static<typeof ProgramBillingReport>
