import type { PlannedCall } from './events.ts'
import { flowNodes } from './events.ts'
import type { RatedCall } from './random-history.ts'

const iso = (epochMs: number) => new Date(epochMs).toISOString()
const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 100)
const having = (calls: readonly PlannedCall[], outcome: string) => calls.filter((call) => call.end?.outcome === outcome).length
const costOf = (call: RatedCall) => (call.costs ?? []).reduce((sum, { costMicros }) => sum + costMicros, 0)
const credits = (micros: number) => Number((micros / 1_000_000).toFixed(6))

/** The reports of an execution, computed from the planned calls. It shares no code with the service. */
export function recomputed(calls: readonly RatedCall[]) {
  return {
    callMetrics: callMetrics(calls),
    billingMetrics: summary(calls),
    history: calls.map(historyItem),
    breakdown: {
      perAttempt: [1, 2, 3]
        .map((attempt) => ({ attempt, ofAttempt: calls.filter((call) => call.attempt === attempt) }))
        .filter(({ ofAttempt }) => ofAttempt.length > 0)
        .map(({ attempt, ofAttempt }) => breakdown(attempt, ofAttempt)),
      total: breakdown(0, calls),
    },
    nodeStats: nodeStats(calls),
    topCostlyCalls: topCostlyCalls(calls),
    byNodeType: byNodeType(calls),
  }
}

function callMetrics(calls: readonly RatedCall[]) {
  const [answered, voicemail] = [having(calls, 'completed'), having(calls, 'voicemail')]
  return {
    totalCalls: calls.length,
    connected: answered + voicemail,
    answered,
    voicemail,
    noAnswer: having(calls, 'no_answer'),
    busy: having(calls, 'busy'),
    rejected: having(calls, 'rejected'),
    failed: having(calls, 'failed'),
    completed: calls.filter((call) => call.end?.flowOutcome === 'completed').length,
    connectionRate: share(answered + voicemail, calls.length),
    answerRate: share(answered, calls.length),
  }
}

function summary(calls: readonly RatedCall[]) {
  const billable = calls.filter((call) => costOf(call) > 0)
  const total = billable.reduce((sum, call) => sum + costOf(call), 0)
  return {
    totalCreditsUsed: credits(total),
    billableCallsCount: billable.length,
    averageCostPerCall: credits(billable.length === 0 ? 0 : Math.round(total / billable.length)),
  }
}

function historyItem(call: RatedCall) {
  const { end } = call
  const silence = end?.durationMs ?? 3_000
  return {
    callId: call.callId,
    contactId: call.contactId,
    from: '+212500000001',
    to: '+212612345678',
    direction: 'outbound',
    attempt: call.attempt,
    status: end ? end.outcome : 'ongoing',
    outcome: end ? end.outcome : null,
    startedAt: iso(call.startedAtMs),
    ...(end ? { endedAt: iso(call.startedAtMs + 4_000 + silence) } : {}),
    ...(end && end.durationMs !== null ? { durationMs: end.durationMs } : {}),
    ...(costOf(call) > 0 ? { totalCost: credits(costOf(call)) } : {}),
  }
}

function breakdown(attemptNumber: number, calls: readonly RatedCall[]) {
  const connected = calls.filter((call) => call.end?.outcome === 'completed' || call.end?.outcome === 'voicemail')
  const durations = connected.reduce((sum, call) => sum + (call.end?.durationMs ?? 0), 0)
  const counts = {
    connected: connected.length,
    answered: having(calls, 'completed'),
    voicemail: having(calls, 'voicemail'),
    noAnswer: having(calls, 'no_answer'),
    completed: calls.filter((call) => call.end?.flowOutcome === 'completed').length,
  }
  return {
    attemptNumber,
    callsAttempted: calls.length,
    callsConnected: counts.connected,
    callsAnswered: counts.answered,
    callsVoicemail: counts.voicemail,
    callsNoAnswer: counts.noAnswer,
    callsFailed: having(calls, 'busy') + having(calls, 'rejected') + having(calls, 'failed'),
    callsCompleted: counts.completed,
    connectedPercentage: share(counts.connected, calls.length),
    answeredPercentage: share(counts.answered, calls.length),
    voicemailPercentage: share(counts.voicemail, calls.length),
    noAnswerPercentage: share(counts.noAnswer, calls.length),
    completedPercentage: share(counts.completed, calls.length),
    averageDurationMs: connected.length === 0 ? 0 : Math.round(durations / connected.length),
  }
}

function nodeStats(calls: readonly RatedCall[]) {
  const completed = calls.filter((call) => call.end?.flowOutcome === 'completed').length
  return {
    nodes: flowNodes.map(({ id, type, label }) => {
      const runs = calls.flatMap((call) => call.nodes.filter((node) => node.nodeId === id))
      const reached = calls.filter((call) => call.nodes.some((node) => node.nodeId === id)).length
      const pressed: Record<string, number> = {}
      for (const { digits } of runs) if (digits) pressed[digits] = (pressed[digits] ?? 0) + 1
      const presses = Object.values(pressed).reduce((sum, times) => sum + times, 0)
      const shares = Object.fromEntries(Object.entries(pressed).map(([digits, times]) => [digits, share(times, presses)]))
      return {
        nodeId: id,
        nodeType: type,
        ...(label === undefined ? {} : { nodeLabel: label }),
        uniqueCalls: reached,
        totalExecutions: runs.length,
        percentage: share(reached, calls.length),
        ...(type === 'dtmf' ? { dtmfBreakdown: pressed, dtmfPercentages: shares } : {}),
      }
    }),
    totalCalls: calls.length,
    completedCalls: completed,
    completionRate: share(completed, calls.length),
  }
}

function topCostlyCalls(calls: readonly RatedCall[]) {
  return calls
    .filter((call) => costOf(call) > 0)
    .sort((a, b) => costOf(b) - costOf(a) || (a.callId < b.callId ? -1 : 1))
    .slice(0, 10)
    .map((call) => ({
      callId: call.callId,
      contactId: call.contactId,
      totalCost: credits(costOf(call)),
      durationMs: call.end?.durationMs ?? null,
    }))
}

function byNodeType(calls: readonly RatedCall[]) {
  const rated = calls.flatMap((call) => call.costs ?? [])
  return ['dial', 'record']
    .map((nodeType) => {
      const ofType = rated.filter((node) => node.nodeType === nodeType)
      const timed = ofType.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]))
      return {
        nodeType,
        totalCost: credits(ofType.reduce((sum, { costMicros }) => sum + costMicros, 0)),
        executionCount: ofType.length,
        totalDurationMs: timed.length === 0 ? null : timed.reduce((sum, durationMs) => sum + durationMs, 0),
      }
    })
    .filter(({ executionCount }) => executionCount > 0)
    .sort((a, b) => b.totalCost - a.totalCost)
}
