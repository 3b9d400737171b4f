import type { CallRated, RatedNode } from '@carillon/contracts/billing-events'
import type { CallEnded, CallEvent, CallStarted, NodeExecuted } from '@carillon/contracts/call-events'
import type { ContactCounts, ExecutionStatus } from '@carillon/contracts/execution'
import type { ExecutionContactsChanged, ExecutionLaunched, ExecutionLifecycle } from '@carillon/contracts/program-events'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { testOrganizationId } from '@carillon/testing/test-service'

/** Monday, half past nine in UTC. */
export const t0 = Date.parse('2025-12-15T09:30:00.000Z')
export const at = (offsetMs: number) => new Date(t0 + offsetMs).toISOString()
export const newId = () => uuidv7(t0)

const programId = '018f0000-0000-7000-8000-0000000000f1'
const flowId = '018f0000-0000-7000-8000-0000000000f2'
const audienceId = '018f0000-0000-7000-8000-0000000000f3'

/** A node that a call ran, by its id in `flowNodes`. */
export interface NodeRun {
  nodeId: string
  digits?: string
}

export interface PlannedCall {
  callId: string
  executionId: string | null
  contactId: string
  firstName?: string
  lastName?: string
  attempt: number
  startedAtMs: number
  nodes: readonly NodeRun[]
  /** What the flow's variables are at the end, besides the usual ones. */
  variables?: CallEnded['data']['finalVariables']
  /** Absent while the call goes on. */
  end?: { outcome: CallEnded['data']['outcome']; flowOutcome: CallEnded['data']['flowOutcome']; durationMs: number | null }
}

export const flowNodes = [
  { id: 'dial', type: 'dial', label: 'Dial Contact' },
  { id: 'welcome', type: 'play', label: 'Welcome' },
  { id: 'menu', type: 'dtmf', label: 'Main Menu' },
  { id: 'record', type: 'record' },
  { id: 'bye', type: 'hangup', label: 'End Call' },
]
const typeOf = new Map(flowNodes.map(({ id, type }) => [id, type]))
const labelOf = new Map(flowNodes.map(({ id, label }) => [id, label]))

export function plannedCall(overrides: Partial<PlannedCall> = {}): PlannedCall {
  return {
    callId: newId(),
    executionId: '018f0000-0000-7000-8000-0000000000e1',
    contactId: newId(),
    attempt: 1,
    startedAtMs: t0,
    nodes: [{ nodeId: 'dial' }, { nodeId: 'welcome' }, { nodeId: 'menu', digits: '1' }, { nodeId: 'bye' }],
    end: { outcome: 'completed', flowOutcome: 'completed', durationMs: 25_001 },
    ...overrides,
  }
}

function header(id: string, timeMs: number, correlationId: string) {
  const iso = new Date(timeMs).toISOString()
  return { id, version: 1 as const, organizationId: testOrganizationId, time: iso, correlationId, causationId: null }
}

/** All events of a call, in order: started, dialed, ringing, answered if somebody answered, its nodes, ended if it has ended. */
export function eventsOf(call: PlannedCall): CallEvent[] {
  const events: CallEvent[] = []
  const next = (offsetMs: number) => {
    const seq = events.length + 1
    return {
      ...header(`${call.callId}:${seq}`, call.startedAtMs + offsetMs, call.executionId ?? call.callId),
      subject: { callId: call.callId, seq, executionId: call.executionId, jobId: call.executionId === null ? programId : null },
    }
  }
  const nodeContext = { nodeId: 'dial', nodeType: 'dial', nodeExecutionIndex: 1 }
  const started = ({ subject, ...head }: ReturnType<typeof next>): CallStarted => ({
    ...head,
    type: 'call.started',
    data: {
      ...subject,
      programId: call.executionId === null ? null : programId,
      contactId: call.contactId,
      ...(call.firstName === undefined ? {} : { firstName: call.firstName }),
      ...(call.lastName === undefined ? {} : { lastName: call.lastName }),
      attempt: call.attempt,
      maxAttempts: 3,
      from: '+212500000001',
      to: '+212612345678',
      direction: 'outbound',
      flowId,
      flowVersion: 1,
      flowName: 'Holiday',
    },
  })
  events.push(started(next(0)))
  const dialed = next(100)
  events.push({
    ...without(dialed),
    type: 'call.dialed',
    data: { ...dialed.subject, from: '+212500000001', to: '+212612345678', timeoutMs: 30_000, enableAMD: false, nodeContext },
  })
  const ringing = next(500)
  events.push({ ...without(ringing), type: 'call.ringing', data: ringing.subject })
  const answered = call.end === undefined || call.end.durationMs !== null
  if (answered) {
    const answer = next(4_000)
    events.push({
      ...without(answer),
      type: 'call.answered',
      data: { ...answer.subject, answeredBy: 'human', ringDurationMs: 3_900, nodeContext },
    })
  }
  const visits = new Map<string, number>()
  for (const [index, node] of call.nodes.entries()) {
    const visit = (visits.get(node.nodeId) ?? 0) + 1
    visits.set(node.nodeId, visit)
    const run = next(4_000 + index * 1_000)
    events.push({ ...without(run), type: 'node.executed', data: { ...run.subject, ...nodeData(node, index + 1, visit, call) } })
  }
  if (call.end) {
    const end = next(4_000 + (call.end.durationMs ?? 3_000))
    events.push({ ...without(end), type: 'call.ended', data: { ...end.subject, ...endData(call, call.end) } })
  }
  return events
}

function without<T extends { subject: unknown }>({ subject: _subject, ...head }: T): Omit<T, 'subject'> {
  return head
}

function nodeData({ nodeId, digits }: NodeRun, nodeExecutionIndex: number, visit: number, call: PlannedCall) {
  const nodeLabel = labelOf.get(nodeId)
  return {
    nodeId,
    nodeType: typeOf.get(nodeId) ?? 'play',
    ...(nodeLabel === undefined ? {} : { nodeLabel }),
    nodeExecutionIndex,
    visit,
    startedAt: new Date(call.startedAtMs).toISOString(),
    durationMs: 1_000,
    outputPath: 'onComplete',
    data: digits === undefined ? {} : { digits, branch: 'branch_1' },
  } satisfies Omit<NodeExecuted['data'], 'callId' | 'seq' | 'executionId' | 'jobId'>
}

function endData(call: PlannedCall, end: NonNullable<PlannedCall['end']>) {
  return {
    contactId: call.contactId,
    attempt: call.attempt,
    ...end,
    outcomeReason: 'as planned',
    dialedAt: new Date(call.startedAtMs + 100).toISOString(),
    answeredAt: end.durationMs === null ? null : new Date(call.startedAtMs + 4_000).toISOString(),
    q850Cause: 16,
    sipStatus: null,
    retryPointless: false,
    dialNodeId: 'dial',
    finalVariables: { 'sys.callId': call.callId, 'sys.attempt': call.attempt, 'contact.fullName': 'Amina Ziani', ...call.variables },
    nodeExecutionCount: call.nodes.length,
    flowStartedAt: new Date(call.startedAtMs).toISOString(),
    flowCompletedAt: null,
  }
}

export function ratingOf(call: PlannedCall, nodes: readonly Pick<RatedNode, 'nodeType' | 'durationMs' | 'costMicros'>[]): CallRated {
  return {
    ...header(`${call.callId}:rated`, call.startedAtMs + 60_000, call.executionId ?? call.callId),
    type: 'call.rated',
    data: {
      callId: call.callId,
      executionId: call.executionId,
      jobId: call.executionId === null ? programId : null,
      contactId: call.contactId,
      durationMs: call.end?.durationMs ?? null,
      totalCostMicros: nodes.reduce((sum, node) => sum + node.costMicros, 0),
      nodes: nodes.map((node, index) => ({
        ...node,
        nodeId: node.nodeType,
        nodeExecutionIndex: index + 1,
        costPerUnitMicros: 75_000,
        unit: 'second' as const,
        minDurationMs: 10_000,
      })),
    },
  }
}

export const noContacts: ContactCounts = { pending: 0, queued: 0, calling: 0, pendingRetry: 0, completed: 0, failed: 0, skipped: 0 }

export function launched(executionId: string, overrides: Partial<ExecutionLaunched['data']> = {}): ExecutionLaunched {
  return {
    ...header(`${executionId}:1`, t0, executionId),
    type: 'execution.launched',
    data: {
      executionId,
      revision: 1,
      programId,
      programName: 'Holiday Campaign',
      status: 'running',
      audienceId,
      flowId,
      flowVersion: 1,
      flowName: 'Holiday Campaign Flow',
      nodes: flowNodes,
      didPool: ['+212500000001', '+212500000002'],
      retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 },
      pauseWindows: null,
      timezone: 'Africa/Casablanca',
      scheduledStartAt: at(0),
      scheduledStopAt: null,
      totalContacts: 3,
      counts: { ...noContacts, pending: 3 },
      ...overrides,
    },
  }
}

export function lifecycle(
  type: ExecutionLifecycle['type'],
  executionId: string,
  revision: number,
  status: ExecutionStatus,
  offsetMs: number,
  counts: ContactCounts = noContacts,
): ExecutionLifecycle {
  return { ...header(`${executionId}:${revision}`, t0 + offsetMs, executionId), type, data: { executionId, revision, status, counts } }
}

export function contactsChanged(executionId: string, revision: number, offsetMs: number, counts: ContactCounts): ExecutionContactsChanged {
  return {
    ...header(`${executionId}:${revision}`, t0 + offsetMs, executionId),
    type: 'execution.contacts_changed',
    data: { executionId, revision, counts, changes: [] },
  }
}
