import type { CompiledFlow } from '@carillon/call-flow/compile'
import { advance, startFlow } from '@carillon/call-flow/interpreter'
import type { AnsweredBy, FlowEnd, FlowState, Instruction, NodeRun, Step, UnansweredOutcome } from '@carillon/call-flow/step'
import type { CallEvent } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { type Outcome, outcomeOf } from '@carillon/telephony/outcome'
import type {
  CarrierEvent,
  CarrierEventOf,
  CollectCommand,
  OriginateRequest,
  PlayCommand,
  RecordCommand,
  SayCommand,
} from '../carriers/carrier.ts'
import { callAnswered, callDialed, callEnded, callRinging, nodeExecuted } from './call-event.ts'
import { callVariables } from './call-variables.ts'
import { reasonOfAnswered } from './outcome-reason.ts'

/** A call under way. Instants are epoch milliseconds by the platform's clock, as the carrier stamped them. */
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
  /** The command that the carrier is at. */
  readonly operationId: string | null
  /** Why we ended the call before its flow did. */
  readonly givenUpBecause: string | null
  /** Of the latest event. */
  readonly seq: number
  readonly lastEventAtMs: number
  readonly executedNodes: number
}

/** What the carrier is to be asked. */
export type CarrierCommand =
  | ({ readonly type: 'originate' } & OriginateRequest)
  | ({ readonly type: 'play' } & PlayCommand)
  | ({ readonly type: 'say' } & SayCommand)
  | ({ readonly type: 'collect' } & CollectCommand)
  | ({ readonly type: 'record' } & RecordCommand)
  | { readonly type: 'hangup'; readonly reason: string }

/** What follows from a fact: the call after it, its events in order, and at most one command. `call.endedAtMs` is set with the last event. */
export interface CallStep {
  readonly call: Call
  readonly events: readonly CallEvent[]
  readonly command: CarrierCommand | null
}

/** The part of a step that is being worked out. */
interface Draft {
  call: { -readonly [K in keyof Call]: Call[K] }
  events: CallEvent[]
  command: CarrierCommand | null
}

/** The first step of a call that the journal holds: it asks the carrier for it. `call.started`, the event with `seq` 1, is the journal's. */
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
      seq: 1,
      lastEventAtMs: startedAtMs,
      executedNodes: 0,
    },
    events: [],
    command: null,
  }
  takeFlowStep(draft, step)
  return draft
}

/** What follows from what the carrier reports. A report that is late, double or about another command is absorbed. */
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
    case 'played':
    case 'collected':
    case 'recorded':
      if (event.operationId === call.operationId) runFlow(draft, { ...event, atMs })
      break
    case 'ended':
      ended(draft, event, atMs)
      break
  }
  return draft
}

/** Ends a call before its time, e.g. because the service stops: the carrier is asked to hang up, and its `ended` ends the call. */
export function giveUp(call: Call, reason: string): CallStep {
  const draft = draftOf(call)
  if (call.endedAtMs !== null) return draft
  draft.call.givenUpBecause = reason
  draft.command = { type: 'hangup', reason }
  return draft
}

/** Ends a call that the carrier no longer does anything for: a command was refused, and no event can be waited for. */
export function breakOff(call: Call, reason: string, nowMs: number): CallStep {
  const draft = draftOf(call)
  if (call.endedAtMs !== null) return draft
  const atMs = Math.max(nowMs, call.lastEventAtMs)
  if (call.answered) {
    runFlow(draft, { type: 'hungup', by: 'carrier', reason, atMs })
    finish(draft, atMs, { ...verdictOf(draft.call), ...unknownCause })
  } else {
    runFlow(draft, { type: 'not_answered', outcome: 'failed', reason, atMs })
    finish(draft, atMs, { outcome: 'failed', reason, retryPointless: false, ...unknownCause })
  }
  return draft
}

const unknownCause = { sipStatus: null, q850Cause: null }

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
  runFlow(draft, { type: 'answered', answeredBy, atMs: knownAtMs })
}

function ended(draft: Draft, event: CarrierEventOf<'ended'>, atMs: number) {
  const { call } = draft
  const { by, sipStatus, q850Cause, ringTimeout, recordingId } = event
  const reason = call.givenUpBecause
  if (call.answered || reason !== null) {
    runFlow(draft, {
      type: 'hungup',
      by: reason === null ? by : 'us',
      ...(reason === null ? {} : { reason }),
      ...(recordingId === undefined ? {} : { recordingId }),
      atMs,
    })
    finish(draft, atMs, { ...verdictOf(call), sipStatus, q850Cause })
  } else {
    const verdict = outcomeOf({ answered: false, amd: null, sipStatus, q850Cause, ringTimeout, progressSeen: call.isRinging })
    runFlow(draft, { type: 'not_answered', outcome: unanswered(verdict.outcome), reason: verdict.reason, atMs })
    finish(draft, atMs, { ...verdict, sipStatus, q850Cause })
  }
}

function unanswered(outcome: Outcome): UnansweredOutcome {
  return outcome === 'completed' || outcome === 'voicemail' ? 'failed' : outcome
}

interface Verdict {
  readonly outcome: Outcome
  readonly reason: string
  readonly retryPointless: boolean
}

/** Of a call that was answered, or that we gave up. */
function verdictOf(call: Call): Verdict {
  if (!call.answered) return { outcome: 'failed', reason: call.givenUpBecause ?? 'The call was given up', retryPointless: false }
  const amd = call.dial.amd ? call.answered.by : null
  const { outcome, retryPointless } = outcomeOf({
    answered: true,
    amd,
    sipStatus: null,
    q850Cause: null,
    ringTimeout: false,
    progressSeen: true,
  })
  return { outcome, reason: reasonOfAnswered(call.flowEnd), retryPointless }
}

function finish(draft: Draft, atMs: number, verdict: Verdict & { sipStatus: number | null; q850Cause: number | null }) {
  const { call } = draft
  const { flowEnd } = call
  draft.command = null
  call.endedAtMs = atMs
  const { reason, ...result } = verdict
  emit(draft, atMs, (seq) =>
    callEnded(call.order, seq, {
      ...result,
      outcomeReason: reason,
      // A flow has no outcome of its own where nobody heard it (contract rule 3).
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

function runFlow(draft: Draft, { atMs, ...input }: Parameters<typeof advance>[2] & { atMs: number }) {
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
  const { nodeId, nodeExecutionIndex, ...order } = instruction
  const operationId = order.type === 'collect' ? `${nodeExecutionIndex}.${order.attempt}` : String(nodeExecutionIndex)
  call.operationId = order.type === 'hangup' ? null : operationId
  switch (order.type) {
    case 'dial': {
      const { callId: channelId, from, to, attempt, amd: programAmd } = call.order.data
      const { timeoutMs } = order
      const amd = programAmd ?? order.amd ?? false
      call.dial = { nodeId, nodeExecutionIndex, timeoutMs, amd }
      draft.command = { type: 'originate', channelId, from, to, attempt, timeoutMs, amd, requestedAtMs: call.startedAtMs }
      break
    }
    case 'collect': {
      const { attempt: _, ...entry } = order
      draft.command = { operationId, ...entry }
      break
    }
    case 'play':
    case 'say':
    case 'record':
      draft.command = { operationId, ...order }
      break
    case 'hangup':
      draft.command = order
      break
  }
}
