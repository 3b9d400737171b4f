import type { CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import type {
  AttemptBreakdown,
  BillingMetrics,
  CallHistoryItem,
  CallMetrics,
  EventBreakdown,
  NodeExecutionStats,
  ProgramBillingReport,
} from '@carillon/contracts/report'

// Computes the figures of reports again from raw events, by the formulas of the contract alone: it shares no code with any service.

type EventOf<T extends CallEvent['type']> = Extract<CallEvent, { type: T }>
interface Node {
  id: string
  type: string
  label?: string | undefined
}
/** A call of the history with its flow outcome, which the history does not contain. */
export type Call = CallHistoryItem & { flowOutcome: string | null }

/** The history of calls by the events, oldest first. */
export function historyOf(events: readonly CallEvent[], ratings: readonly CallRated[]): Call[] {
  const ends = byCall(events.filter((event) => event.type === 'call.ended'))
  const costs = new Map(ratings.map(({ data }) => [data.callId, data.totalCostMicros]))
  const starts = events.filter((event) => event.type === 'call.started')
  return starts
    .map(({ time, data }): Call => {
      const end = ends.get(data.callId)?.[0]
      const costMicros = costs.get(data.callId) ?? 0
      return {
        callId: data.callId,
        contactId: data.contactId,
        from: data.from,
        to: data.to,
        direction: data.direction,
        attempt: data.attempt,
        status: end?.data.outcome ?? 'ongoing',
        outcome: end?.data.outcome ?? null,
        startedAt: time,
        ...(end ? { endedAt: end.time } : {}),
        ...(end && end.data.durationMs !== null ? { durationMs: end.data.durationMs } : {}),
        ...(costMicros > 0 ? { totalCost: credits(costMicros) } : {}),
        flowOutcome: end?.data.flowOutcome ?? null,
      }
    })
    .sort((a, b) => (a.callId < b.callId ? -1 : 1))
}

export function callMetricsOf(calls: readonly Call[]): CallMetrics {
  const answered = having(calls, 'completed')
  const voicemail = having(calls, 'voicemail')
  const connected = answered + voicemail
  return {
    totalCalls: calls.length,
    connected,
    answered,
    voicemail,
    noAnswer: having(calls, 'no_answer'),
    busy: having(calls, 'busy'),
    rejected: having(calls, 'rejected'),
    failed: having(calls, 'failed'),
    completed: flowCompleted(calls),
    connectionRate: percent(connected, calls.length),
    answerRate: percent(answered, calls.length),
  }
}

export function breakdownOf(calls: readonly Call[]): EventBreakdown {
  const attempts = [...new Set(calls.map((call) => call.attempt))].sort((a, b) => a - b)
  return {
    perAttempt: attempts.map((attempt) =>
      attemptOf(
        attempt,
        calls.filter((call) => call.attempt === attempt),
      ),
    ),
    total: attemptOf(0, calls),
  }
}

function attemptOf(attemptNumber: number, calls: readonly Call[]): AttemptBreakdown {
  const connected = calls.filter((call) => call.outcome === 'completed' || call.outcome === 'voicemail')
  const share = (count: number) => percent(count, calls.length)
  return {
    attemptNumber,
    callsAttempted: calls.length,
    callsConnected: connected.length,
    callsAnswered: having(calls, 'completed'),
    callsVoicemail: having(calls, 'voicemail'),
    callsNoAnswer: having(calls, 'no_answer'),
    callsFailed: having(calls, 'busy') + having(calls, 'rejected') + having(calls, 'failed'),
    callsCompleted: flowCompleted(calls),
    connectedPercentage: share(connected.length),
    answeredPercentage: share(having(calls, 'completed')),
    voicemailPercentage: share(having(calls, 'voicemail')),
    noAnswerPercentage: share(having(calls, 'no_answer')),
    completedPercentage: share(flowCompleted(calls)),
    averageDurationMs: halfUp(sum(connected.map((call) => call.durationMs ?? 0)), connected.length),
  }
}

export function nodeStatsOf(nodes: readonly Node[], events: readonly CallEvent[], calls: readonly Call[]): NodeExecutionStats {
  const executed = events.filter((event) => event.type === 'node.executed')
  return {
    nodes: nodes.map((node) => {
      const own = executed.filter((event) => event.data.nodeId === node.id)
      const uniqueCalls = new Set(own.map((event) => event.data.callId)).size
      return {
        nodeId: node.id,
        nodeType: node.type,
        ...(node.label === undefined ? {} : { nodeLabel: node.label }),
        uniqueCalls,
        totalExecutions: own.length,
        percentage: percent(uniqueCalls, calls.length),
        ...(node.type === 'dtmf' ? digitsOf(own) : {}),
      }
    }),
    totalCalls: calls.length,
    completedCalls: flowCompleted(calls),
    completionRate: percent(flowCompleted(calls), calls.length),
  }
}

function digitsOf(executed: readonly EventOf<'node.executed'>[]) {
  const pressed = executed.map((event) => String(event.data.data.digits ?? '')).filter((digits) => digits !== '')
  const counts = [...new Set(pressed)].map((digits) => [digits, pressed.filter((other) => other === digits).length] as const)
  return {
    dtmfBreakdown: Object.fromEntries(counts),
    dtmfPercentages: Object.fromEntries(counts.map(([digits, count]) => [digits, percent(count, pressed.length)])),
  }
}

/** A node that has a rate on the platform's own rate card: dial 0.075 a second and at least 10 s, record 0.057 a second. */
interface RatedNode {
  callId: string
  nodeType: 'dial' | 'record'
  durationMs: number | null
  costMicros: number
}

/** The cost of each node by its duration (contract rule 11); whole milliseconds give whole micro-credits. */
export function ratedNodesOf(events: readonly CallEvent[]): RatedNode[] {
  return events.flatMap((event): RatedNode[] => {
    if (event.type === 'node.executed' && event.data.nodeType === 'record') {
      const { callId, durationMs } = event.data
      return [{ callId, nodeType: 'record', durationMs, costMicros: durationMs * 57 }]
    }
    if (event.type === 'call.ended' && event.data.dialNodeId !== null) {
      const { callId, durationMs } = event.data
      return [{ callId, nodeType: 'dial', durationMs, costMicros: durationMs === null ? 0 : Math.max(durationMs, 10_000) * 75 }]
    }
    return []
  })
}

export function billingOf(executionId: string, rated: readonly RatedNode[], calls: readonly Call[]): ProgramBillingReport {
  const types = [...new Set(rated.map((node) => node.nodeType))]
  const byNodeType = types.map((nodeType) => {
    const own = rated.filter((node) => node.nodeType === nodeType)
    const timed = own.filter((node) => node.durationMs !== null)
    return {
      nodeType,
      totalCost: credits(costOf(own)),
      executionCount: own.length,
      totalDurationMs: timed.length === 0 ? null : sum(timed.map((node) => node.durationMs ?? 0)),
    }
  })
  const costs = costPerCall(rated)
  const costly = calls.filter((call) => (costs.get(call.callId) ?? 0) > 0)
  return {
    executionId,
    summary: billingMetricsOf(rated),
    byNodeType: byNodeType.sort((a, b) => b.totalCost - a.totalCost || (a.nodeType < b.nodeType ? -1 : 1)),
    topCostlyCalls: costly
      .sort((a, b) => (costs.get(b.callId) ?? 0) - (costs.get(a.callId) ?? 0) || (a.callId < b.callId ? -1 : 1))
      .slice(0, 10)
      .map(({ callId, contactId, durationMs }) => {
        return { callId, contactId, totalCost: credits(costs.get(callId) ?? 0), durationMs: durationMs ?? null }
      }),
  }
}

export function billingMetricsOf(rated: readonly RatedNode[]): BillingMetrics {
  const billable = [...costPerCall(rated).values()].filter((costMicros) => costMicros > 0)
  return {
    totalCreditsUsed: credits(sum(billable)),
    billableCallsCount: billable.length,
    averageCostPerCall: credits(halfUp(sum(billable), billable.length)),
  }
}

/** Micro-credits by call, including calls that cost nothing. */
export function costPerCall(rated: readonly RatedNode[]): Map<string, number> {
  const costs = new Map<string, number>()
  for (const { callId, costMicros } of rated) costs.set(callId, (costs.get(callId) ?? 0) + costMicros)
  return costs
}

/** Micro-credits as the API writes them. The quotient is the nearest double, so it prints with the exact decimals. */
export function credits(micros: number): number {
  return micros / 1_000_000
}

/** Credits of the API, exactly, in micro-credits. */
export function micros(amount: number): number {
  return Math.round(amount * 1_000_000)
}

/** Two decimals, rounded half up, 0 when the denominator is 0 (contract rule 4). */
export function percent(part: number, whole: number): number {
  return halfUp(part * 10_000, whole) / 100
}

export function byCall<E extends CallEvent>(events: readonly E[]): Map<string, E[]> {
  return Map.groupBy(events, (event) => event.data.callId)
}

function halfUp(dividend: number, divisor: number): number {
  return divisor === 0 ? 0 : Math.floor((2 * dividend + divisor) / (2 * divisor))
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const costOf = (nodes: readonly RatedNode[]) => sum(nodes.map((node) => node.costMicros))
const having = (calls: readonly Call[], outcome: string) => calls.filter((call) => call.outcome === outcome).length
const flowCompleted = (calls: readonly Call[]) => calls.filter((call) => call.flowOutcome === 'completed').length
