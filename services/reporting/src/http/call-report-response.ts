import type { RatedNode } from '@carillon/contracts/billing-events'
import type { CallAttemptReport } from '@carillon/contracts/call-report'
import { toIso } from '@carillon/contracts/instant'
import { microsToJson } from '@carillon/money/credits'
import type { CallBill } from '../domain/billing.ts'
import type { Call } from '../domain/call.ts'
import type { CallStory } from '../domain/call-story.ts'

/** The report of one call. `bill` is undefined while the call is not rated. */
export function callReportResponse(call: Call, story: CallStory, bill: CallBill | undefined): CallAttemptReport {
  const { end } = story
  const flowExecution = flowExecutionOf(story)
  return {
    callId: call.callId,
    attempt: call.attempt,
    ...present({ programId: call.programId, programExecutionId: call.executionId, contactId: call.contactId }),
    call: {
      status: end?.data.outcome ?? 'ongoing',
      direction: call.direction,
      from: call.from,
      to: call.to,
      createdAt: toIso(call.startedAtMs),
      ...present({
        dialedAt: story.dialedAt,
        answeredAt: story.answeredAt,
        terminatedAt: end?.at ?? null,
        durationMs: end?.data.durationMs ?? null,
      }),
    },
    outcome: end?.data.outcome ?? null,
    ...(end === null ? {} : { outcomeReason: end.data.outcomeReason, flowOutcome: end.data.flowOutcome }),
    ...(flowExecution === undefined ? {} : { flowExecution }),
    // Only of calls with a cost, as in the contract.
    ...(bill === undefined || bill.totalMicros === 0n ? {} : { billing: billOf(bill) }),
    events: story.events.map((event) => eventOf(event, end)),
  }
}

/** Undefined if the call ended and no flow ran. */
function flowExecutionOf({ started, end, runs, dialing }: CallStory): CallAttemptReport['flowExecution'] {
  if (end !== null && end.data.flowStartedAt === null) return undefined
  const path = runs.map(({ data: { nodeId, nodeType, nodeLabel, outputPath, startedAt } }) => ({
    nodeId,
    nodeType,
    ...(nodeLabel === undefined ? {} : { nodeLabel }),
    outputPath,
    timestamp: startedAt,
  }))
  if (dialing) {
    const { nodeId, nodeType } = dialing.data.nodeContext
    return { ...flowOf(started), executionPath: [...path, { nodeId, nodeType, timestamp: dialing.time }], ...soFar(path.length + 1) }
  }
  if (end === null)
    return { ...flowOf(started), executionPath: path, ...soFar(path.length), ...present({ flowStartedAt: path[0]?.timestamp ?? null }) }
  const { finalVariables, nodeExecutionCount, flowStartedAt, flowCompletedAt } = end.data
  return { ...flowOf(started), executionPath: path, finalVariables, nodeExecutionCount, ...present({ flowStartedAt, flowCompletedAt }) }
}

function flowOf({ flowId, flowName, flowVersion }: CallStory['started']) {
  return { flowId, flowName, flowVersion }
}

/** Of a call that goes on. */
function soFar(nodeExecutionCount: number) {
  return { finalVariables: {}, nodeExecutionCount }
}

function billOf({ nodes, totalMicros }: CallBill): NonNullable<CallAttemptReport['billing']> {
  return { nodes: nodes.map(nodeCostOf), totalCost: microsToJson(totalMicros) }
}

function nodeCostOf({ nodeId, nodeType, durationMs, costMicros, costPerUnitMicros, unit, minDurationMs }: RatedNode) {
  const [cost, costPerUnit] = [microsToJson(BigInt(costMicros)), microsToJson(BigInt(costPerUnitMicros))]
  return { nodeId, nodeType, durationMs, cost, costPerUnit, unit, minDurationMs }
}

function eventOf(event: CallStory['events'][number], end: CallStory['end']): CallAttemptReport['events'][number] {
  switch (event.type) {
    case 'call.dialed': {
      const { to, from, timeoutMs, enableAMD, nodeContext } = event.data
      return { type: 'dial', timestamp: event.time, data: { to, from, timeout: timeoutMs, enableAMD, nodeContext } }
    }
    case 'call.answered': {
      const { answeredBy, ringDurationMs, nodeContext } = event.data
      return { type: 'answer', timestamp: event.time, data: { answeredBy, ringDurationMs, nodeContext } }
    }
    case 'node.executed': {
      const { nodeId, nodeType, nodeExecutionIndex, durationMs, data } = event.data
      const nodeContext = { nodeId, nodeType, nodeExecutionIndex }
      const said = nodeType === 'hangup' ? { ...data, ...hangupOf(end) } : { durationMs, ...data }
      return { type: nodeType, timestamp: event.time, data: { ...said, nodeContext } }
    }
  }
}

/** A hangup says how the call went, which is known when the call has ended. */
function hangupOf(end: CallStory['end']) {
  return end === null ? {} : { hangupType: end.data.outcome, hangupReason: end.data.outcomeReason }
}

/** The properties that are not null. */
function present<T extends Readonly<Record<string, unknown>>>(values: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as { [Name in keyof T]?: NonNullable<T[Name]> }
}
