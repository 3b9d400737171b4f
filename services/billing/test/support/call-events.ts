import { randomUUID } from 'node:crypto'
import type { CallStarted, SequencedCallEvent } from '@carillon/contracts/call-events'
import { testFlag } from '@carillon/contracts/identity'
import { testOrganizationId } from '@carillon/testing/test-service'

export interface CallScript {
  callId?: string
  organizationId?: string
  executionId?: string
  /** Epoch milliseconds. */
  startedAtMs?: number
  /** Answer to end; null when nobody answered. */
  durationMs: number | null
  test?: true
  /** The nodes that ran after the dial node. */
  nodes?: readonly { nodeType: string; durationMs: number }[]
}

/** All events of a call as the dialer bridge publishes them, up to `call.ended`. */
export function callEvents(script: CallScript): SequencedCallEvent[] {
  const { callId = randomUUID(), organizationId = testOrganizationId, executionId = randomUUID(), startedAtMs = Date.now() } = script
  const isAnswered = script.durationMs !== null
  const events: SequencedCallEvent[] = []
  const subject = () => ({ callId, seq: events.length + 1, executionId, jobId: null })
  const header = () => ({
    id: `${callId}:${events.length + 1}`,
    version: 1 as const,
    organizationId,
    time: new Date(startedAtMs + events.length * 1_000).toISOString(),
    correlationId: executionId,
    causationId: null,
  })
  const nodeContext = { nodeId: 'dial-1', nodeType: 'dial', nodeExecutionIndex: 1 }
  const executed = (nodeType: string, nodeExecutionIndex: number, durationMs: number): SequencedCallEvent => ({
    ...header(),
    type: 'node.executed',
    data: {
      ...subject(),
      nodeId: `${nodeType}-${nodeExecutionIndex}`,
      nodeType,
      nodeExecutionIndex,
      visit: 1,
      startedAt: header().time,
      durationMs,
      outputPath: 'onComplete',
      data: {},
    },
  })

  events.push({ ...header(), type: 'call.started', data: { ...subject(), ...start } })
  events.push({ ...header(), type: 'call.dialed', data: { ...subject(), ...numbers, timeoutMs: 30_000, enableAMD: false, nodeContext } })
  events.push({ ...header(), type: 'call.ringing', data: subject() })
  if (isAnswered) {
    events.push({ ...header(), type: 'call.answered', data: { ...subject(), answeredBy: 'human', ringDurationMs: 3_300, nodeContext } })
  }
  events.push(executed('dial', 1, 3_300))
  for (const { nodeType, durationMs } of script.nodes ?? []) {
    const ran = events.filter((event) => event.type === 'node.executed').length
    events.push(executed(nodeType, ran + 1, durationMs))
  }
  events.push({
    ...header(),
    type: 'call.ended',
    data: {
      ...subject(),
      ...testFlag(script.test === true),
      contactId: start.contactId,
      attempt: 1,
      outcome: isAnswered ? 'completed' : 'no_answer',
      outcomeReason: isAnswered ? 'hung up' : 'not answered',
      flowOutcome: isAnswered ? 'completed' : 'failed',
      dialedAt: header().time,
      answeredAt: isAnswered ? header().time : null,
      durationMs: script.durationMs,
      q850Cause: 16,
      sipStatus: null,
      retryPointless: false,
      dialNodeId: 'dial-1',
      finalVariables: {},
      nodeExecutionCount: 1 + (script.nodes?.length ?? 0),
      flowStartedAt: header().time,
      flowCompletedAt: header().time,
    },
  })
  return events
}

const numbers = { from: '+212520000001', to: '+212612345678' }
const start = {
  programId: null,
  contactId: '018f0000-0000-7000-8000-0000000000c1',
  attempt: 1,
  maxAttempts: 1,
  ...numbers,
  direction: 'outbound',
  flowId: '018f0000-0000-7000-8000-0000000000f1',
  flowVersion: 1,
  flowName: 'a flow',
} satisfies Partial<CallStarted['data']>
