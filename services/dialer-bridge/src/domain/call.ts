import type { CompiledFlow } from '@carillon/call-flow/compile'
import type { FlowEnd } from '@carillon/call-flow/flow-end'
import { advance, startFlow } from '@carillon/call-flow/interpreter'
import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import { isForTheLine, operationOf } from '@carillon/call-flow/operation'
import type { FlowInput, FlowState, Instruction, NodeRun, Step } from '@carillon/call-flow/step'
import type { CallEvent } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { callAnswered, callDialed, callEnded, callRinging, callStarted, nodeExecuted } from './call-event.ts'
import { callVariables } from './call-variables.ts'
import { unansweredOutcomeOf, unknownCause, type Verdict, verdictOfAnswered, verdictOfFailed, verdictOfUnanswered } from './call-verdict.ts'
import type { CarrierCommand } from './carrier-command.ts'
import type { CarrierEvent, CarrierEventOf } from './carrier-event.ts'

/** A call in progress. Instants are epoch milliseconds by the platform's clock, as the carrier stamped them. */
export interface Call {
  readonly order: DialOrder
  readonly flow: CompiledFlow
  readonly dial: NodeRun & { readonly timeoutMs: number; readonly amd: boolean }
  readonly startedAtMs: number
  readonly dialedAtMs: number | null
  readonly isRinging: boolean
  readonly answered: { readonly atMs: number; readonly by: AnsweredBy } | null
  readonly endedAtMs: number | null
  readonly flowState: FlowState
  readonly flowEnd: FlowEnd | null
  /** The operation that the carrier is carrying out. */
  readonly operationId: string | null
  /** Why we ended the call before its flow did. */
  readonly givenUpBecause: string | null
  /** Of the latest event. */
  readonly seq: number
  readonly lastEventAtMs: number
  readonly executedNodes: number
}

/** What follows from a fact: the call after it, the events in order, and at most one command. `call.endedAtMs` is set with the last event. */
export interface CallStep {
  readonly call: Call
  readonly events: readonly CallEvent[]
  readonly command: CarrierCommand | null
}

/** A step while it is worked out. */
interface Draft {
  call: { -readonly [K in keyof Call]: Call[K] }
  events: CallEvent[]
  command: CarrierCommand | null
}

/** The first step of a journaled call: it tells that the call has started, and asks the carrier for it. */
export function beginCall(order: DialOrder, flow: CompiledFlow, startedAtMs: number): CallStep {
  const step = startFlow(flow, callVariables(order), startedAtMs)
  const draft: Draft = {
    call: {
      order,
      flow,
      dial: { nodeId: flow.start.id, nodeExecutionIndex: 1, timeoutMs: 0, amd: false },
      startedAtMs,
      dialedAtMs: null,
      isRinging: false,
      answered: null,
      endedAtMs: null,
      flowState: step.state,
      flowEnd: null,
      operationId: null,
      givenUpBecause: null,
      seq: 0,
      lastEventAtMs: startedAtMs,
      executedNodes: 0,
    },
    events: [],
    command: null,
  }
  emit(draft, startedAtMs, () => callStarted(order, startedAtMs))
  takeFlowStep(draft, step)
  return draft
}

/** What follows from a report of the carrier. A report that is late, double or about another operation is absorbed. */
export function advanceCall(call: Call, event: CarrierEvent): CallStep {
  const draft = draftOf(call)
  // A carrier's clock that steps back must not put an event before the one that caused it.
  const atMs = Math.max(event.atMs, call.lastEventAtMs)
  if (call.endedAtMs !== null) return draft
  switch (event.type) {
    case 'originated':
      if (call.dialedAtMs === null) dialed(draft, atMs)
      break
    case 'ringing':
      if (!call.isRinging && !call.answered) ringing(draft, atMs)
      break
    case 'answered':
      if (!call.answered) answered(draft, event, atMs)
      break
    case 'ended':
      ended(draft, event, atMs)
      break
    default:
      if (event.operationId === call.operationId) runFlow(draft, event, atMs)
  }
  return draft
}

/** Ends a call early, e.g. because the service stops: the carrier is asked to hang up, and its `ended` ends the call. */
export function giveUp(call: Call, reason: string): CallStep {
  const draft = draftOf(call)
  if (call.endedAtMs !== null) return draft
  draft.call.givenUpBecause = reason
  draft.command = { type: 'hangup', reason }
  return draft
}

/** Ends a call for which the carrier refused a command: no event would follow. */
export function breakOff(call: Call, reason: string, nowMs: number): CallStep {
  const draft = draftOf(call)
  if (call.endedAtMs !== null) return draft
  const atMs = Math.max(nowMs, call.lastEventAtMs)
  if (call.answered) {
    runFlow(draft, { type: 'hungup', by: 'carrier', reason }, atMs)
    finish(draft, atMs, verdictOfAnswered(detectedBy(draft.call), draft.call.flowEnd, unknownCause))
  } else {
    runFlow(draft, { type: 'not_answered', outcome: 'failed', reason }, atMs)
    finish(draft, atMs, verdictOfFailed(reason, unknownCause))
  }
  return draft
}

function draftOf(call: Call): Draft {
  return { call: { ...call }, events: [], command: null }
}

function emit(draft: Draft, atMs: number, event: (seq: number) => CallEvent) {
  draft.call.seq++
  draft.call.lastEventAtMs = atMs
  draft.events.push(event(draft.call.seq))
}

function dialed(draft: Draft, atMs: number) {
  const { call } = draft
  call.dialedAtMs = atMs
  emit(draft, atMs, (seq) => callDialed(call.order, seq, atMs, call.dial))
}

function ringing(draft: Draft, atMs: number) {
  const { call } = draft
  call.isRinging = true
  emit(draft, atMs, (seq) => callRinging(call.order, seq, atMs))
}

function answered(draft: Draft, event: CarrierEventOf<'answered'>, knownAtMs: number) {
  const { call } = draft
  const { answeredBy, pickedUpAtMs } = event
  const atMs = Math.max(pickedUpAtMs, call.lastEventAtMs)
  call.answered = { atMs, by: answeredBy }
  const ringDurationMs = atMs - (call.dialedAtMs ?? call.startedAtMs)
  emit(draft, atMs, (seq) => callAnswered(call.order, seq, atMs, { ...call.dial, answeredBy, ringDurationMs }))
  runFlow(draft, { type: 'answered', answeredBy }, knownAtMs)
}

function ended(draft: Draft, event: CarrierEventOf<'ended'>, atMs: number) {
  const { call } = draft
  const { type: _type, atMs: _atMs, by, sipStatus, q850Cause, ringTimeout: _ringTimeout, ...partial } = event
  const reason = call.givenUpBecause
  if (!call.answered && reason === null) {
    const verdict = verdictOfUnanswered(event, call.isRinging)
    runFlow(draft, { type: 'not_answered', outcome: unansweredOutcomeOf(verdict), reason: verdict.reason }, atMs)
    finish(draft, atMs, verdict)
    return
  }
  runFlow(draft, { type: 'hungup', ...(reason === null ? { by } : { by: 'us', reason }), ...partial }, atMs)
  const cause = { sipStatus, q850Cause }
  const failed = reason !== null && !call.answered
  finish(draft, atMs, failed ? verdictOfFailed(reason, cause) : verdictOfAnswered(detectedBy(call), call.flowEnd, cause))
}

function detectedBy({ answered, dial }: Call): AnsweredBy | null {
  return answered && dial.amd ? answered.by : null
}

function finish(draft: Draft, atMs: number, verdict: Verdict) {
  const { call } = draft
  const { flowEnd } = call
  draft.command = null
  call.endedAtMs = atMs
  const { reason, ...result } = verdict
  emit(draft, atMs, (seq) =>
    callEnded(call.order, seq, {
      ...result,
      outcomeReason: reason,
      // The flow of a call that nobody answered has failed (contract rule 3).
      flowOutcome: call.answered && flowEnd ? flowEnd.flowOutcome : 'failed',
      endedAtMs: atMs,
      dialedAtMs: call.dialedAtMs,
      answeredAtMs: call.answered?.atMs ?? null,
      dialNodeId: call.dial.nodeId,
      finalVariables: flowEnd?.finalVariables ?? callVariables(call.order),
      nodeExecutionCount: flowEnd?.nodeExecutionCount ?? call.executedNodes,
      flowStartedAtMs: call.startedAtMs,
      flowCompletedAtMs: flowEnd?.endedAtMs ?? atMs,
    }),
  )
}

function runFlow(draft: Draft, input: FlowInput, atMs: number) {
  if (draft.call.flowEnd) return
  takeFlowStep(draft, advance(draft.call.flow, draft.call.flowState, input, atMs))
}

function takeFlowStep(draft: Draft, step: Step) {
  const { call } = draft
  call.flowState = step.state
  call.executedNodes += step.executed.length
  for (const execution of step.executed) {
    emit(draft, execution.endedAtMs, (seq) => nodeExecuted(call.order, seq, execution))
  }
  if (step.end) call.flowEnd = step.end
  for (const instruction of step.instructions) follow(draft, instruction)
}

function follow(draft: Draft, instruction: Instruction) {
  const { call } = draft
  if (isForTheLine(instruction)) {
    const operation = operationOf(instruction)
    call.operationId = operation.operationId
    draft.command = operation
    return
  }
  call.operationId = null
  if (instruction.type === 'hangup') {
    draft.command = { type: 'hangup', reason: instruction.reason }
    return
  }
  const { callId: channelId, from, to, attempt, amd: programAmd, test: isTest = false } = call.order.data
  const { nodeId, nodeExecutionIndex, timeoutMs } = instruction
  const amd = programAmd ?? instruction.amd ?? false
  call.dial = { nodeId, nodeExecutionIndex, timeoutMs, amd }
  draft.command = { type: 'originate', channelId, from, to, attempt, isTest, timeoutMs, amd, requestedAtMs: call.startedAtMs }
}
