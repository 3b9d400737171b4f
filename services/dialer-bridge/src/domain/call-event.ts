import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import type { NodeExecution, NodeRun } from '@carillon/call-flow/step'
import type {
  CallAnswered,
  CallDialed,
  CallEnded,
  CallNotDialed,
  CallRinging,
  CallStarted,
  NodeExecuted,
} from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { testFlag } from '@carillon/contracts/identity'
import { toIso } from '@carillon/contracts/instant'

/** The execution or job that a call belongs to. It decides the lane, and correlates the events. */
export function ownerOf({ data }: DialOrder): string {
  return data.executionId ?? data.jobId ?? data.callId
}

function header(order: DialOrder, seq: number, atMs: number) {
  return {
    id: `${order.data.callId}:${seq}`,
    version: 1 as const,
    organizationId: order.organizationId,
    time: toIso(atMs),
    correlationId: ownerOf(order),
    causationId: order.data.callId,
  }
}

function subject({ data: { callId, executionId, jobId } }: DialOrder, seq: number) {
  return { callId, seq, executionId, jobId }
}

/** Of an order in test mode. */
function modeOf({ data }: DialOrder) {
  return testFlag(data.test === true)
}

function namesOf({ data: { variables } }: DialOrder): Pick<CallStarted['data'], 'firstName' | 'lastName'> {
  const { 'contact.firstName': firstName, 'contact.lastName': lastName } = variables
  return { ...(typeof firstName === 'string' ? { firstName } : {}), ...(typeof lastName === 'string' ? { lastName } : {}) }
}

/** Instants are epoch milliseconds here, ISO 8601 in the events. */
export function callStarted(order: DialOrder, startedAtMs: number): CallStarted {
  const { programId, contactId, attempt, maxAttempts, from, to, flowId, flowVersion, flowName } = order.data
  return {
    ...header(order, 1, startedAtMs),
    type: 'call.started',
    data: {
      ...subject(order, 1),
      programId,
      contactId,
      ...namesOf(order),
      attempt,
      maxAttempts,
      from,
      to,
      direction: 'outbound',
      flowId,
      flowVersion,
      flowName,
      ...modeOf(order),
    },
  }
}

/** The carrier is not asked: the time to call had passed, or the number must not be called. This is the only event, as there is no call. */
export function callNotDialed(order: DialOrder, atMs: number, reason: CallNotDialed['data']['reason']): CallNotDialed {
  const { contactId, attempt } = order.data
  return {
    ...header(order, 1, atMs),
    type: 'call.not_dialed',
    data: { ...subject(order, 1), contactId, attempt, reason },
  }
}

const dialContext = ({ nodeId, nodeExecutionIndex }: NodeRun) => ({ nodeId, nodeType: 'dial', nodeExecutionIndex })

export function callDialed(
  order: DialOrder,
  seq: number,
  atMs: number,
  { timeoutMs, amd, ...node }: NodeRun & { timeoutMs: number; amd: boolean },
): CallDialed {
  const { from, to } = order.data
  return {
    ...header(order, seq, atMs),
    type: 'call.dialed',
    data: { ...subject(order, seq), from, to, timeoutMs, enableAMD: amd, nodeContext: dialContext(node) },
  }
}

export function callRinging(order: DialOrder, seq: number, atMs: number): CallRinging {
  return { ...header(order, seq, atMs), type: 'call.ringing', data: subject(order, seq) }
}

export function callAnswered(
  order: DialOrder,
  seq: number,
  atMs: number,
  { answeredBy, ringDurationMs, ...node }: NodeRun & { answeredBy: AnsweredBy; ringDurationMs: number },
): CallAnswered {
  return {
    ...header(order, seq, atMs),
    type: 'call.answered',
    data: { ...subject(order, seq), answeredBy, ringDurationMs, nodeContext: dialContext(node) },
  }
}

export function nodeExecuted(order: DialOrder, seq: number, execution: NodeExecution): NodeExecuted {
  const { startedAtMs, endedAtMs, data, ...rest } = execution
  return {
    ...header(order, seq, endedAtMs),
    type: 'node.executed',
    data: { ...subject(order, seq), ...rest, startedAt: toIso(startedAtMs), data: { ...data } },
  }
}

/** How a call ended. Instants are epoch milliseconds. */
export type Ending = Pick<
  CallEnded['data'],
  | 'outcome'
  | 'outcomeReason'
  | 'flowOutcome'
  | 'q850Cause'
  | 'sipStatus'
  | 'retryPointless'
  | 'dialNodeId'
  | 'finalVariables'
  | 'nodeExecutionCount'
> & {
  readonly endedAtMs: number
  readonly dialedAtMs: number | null
  readonly answeredAtMs: number | null
  readonly flowStartedAtMs: number | null
  readonly flowCompletedAtMs: number | null
}

export function callEnded(order: DialOrder, seq: number, ending: Ending): CallEnded {
  const { endedAtMs, dialedAtMs, answeredAtMs, flowStartedAtMs, flowCompletedAtMs, ...rest } = ending
  const { contactId, attempt } = order.data
  return {
    ...header(order, seq, endedAtMs),
    type: 'call.ended',
    data: {
      ...subject(order, seq),
      contactId,
      attempt,
      ...rest,
      dialedAt: isoOrNull(dialedAtMs),
      answeredAt: isoOrNull(answeredAtMs),
      durationMs: answeredAtMs === null ? null : endedAtMs - answeredAtMs,
      flowStartedAt: isoOrNull(flowStartedAtMs),
      flowCompletedAt: isoOrNull(flowCompletedAtMs),
      ...modeOf(order),
    },
  }
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs)
}
