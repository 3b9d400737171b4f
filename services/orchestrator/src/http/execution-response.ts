import type { ExecutionResponse } from '@carillon/contracts/execution'
import { toIso } from '@carillon/contracts/instant'
import { inProgress, waiting } from '../domain/contact-counts.ts'
import { type Execution, type ExecutionState, isLive } from '../domain/execution.ts'
import { pacingOf } from '../domain/execution-messages.ts'

/** The answer of the `/program-executions` routes. */
export function toExecutionResponse({ plan, state, autoPauseRules, updatedAtMs }: Execution): ExecutionResponse {
  return {
    id: plan.id,
    programId: plan.programId,
    organizationId: plan.organizationId,
    audienceId: plan.audienceId,
    flowId: plan.flowId,
    status: state.status,
    test: plan.isTest,
    totalContacts: plan.totalContacts,
    contactsCompleted: state.counts.completed,
    contactsFailed: state.counts.failed,
    contactsPending: waiting(state.counts),
    contactsInProgress: inProgress(state.counts),
    contactsSkipped: state.counts.skipped,
    scheduledStartAt: toIso(plan.scheduledStartAtMs),
    ...(plan.scheduledStopAtMs === null ? {} : { scheduledStopAt: toIso(plan.scheduledStopAtMs) }),
    pacing: pacingOf(plan),
    ...(state.actualStartAtMs === null ? {} : { actualStartAt: toIso(state.actualStartAtMs) }),
    ...(state.actualEndAtMs === null ? {} : { actualEndAt: toIso(state.actualEndAtMs) }),
    autoPauseRules,
    ...(state.pausedBy ? { pausedBy: state.pausedBy } : {}),
    ...(autoPauseRules && isLive(state) ? { autoPauseCounters: autoPauseRules.map(({ nodeId }) => counterOf(state, nodeId)) } : {}),
    createdAt: toIso(plan.createdAtMs),
    updatedAt: toIso(updatedAtMs),
  }
}

function counterOf({ nodeCounters }: ExecutionState, nodeId: string) {
  return { nodeId, count: nodeCounters.find((counter) => counter.nodeId === nodeId)?.count ?? 0 }
}
