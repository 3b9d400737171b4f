import { type ContactStatus, contactStatuses } from '@carillon/contracts/execution'
import { testFlag } from '@carillon/contracts/identity'
import { toIso } from '@carillon/contracts/instant'
import type { Pacing } from '@carillon/contracts/program'
import type { ExecutionChanged, ExecutionContactsChanged, ExecutionLaunched, ExecutionLifecycle } from '@carillon/contracts/program-events'
import type { ChangedContact, CountsAt } from './call-facts.ts'
import type { ExecutionPlan, ExecutionState, Transition } from './execution.ts'

/** The common fields of an execution's events. The id is `<executionId>:<revision>`. */
function header(plan: ExecutionPlan, state: ExecutionState, nowMs: number, causationId: string | null) {
  return {
    id: `${plan.id}:${state.revision}`,
    version: 1 as const,
    organizationId: plan.organizationId,
    time: toIso(nowMs),
    correlationId: plan.id,
    causationId,
  }
}

export function launchedEvent(plan: ExecutionPlan, state: ExecutionState, nowMs: number, causationId: string | null): ExecutionLaunched {
  return {
    ...header(plan, state, nowMs, causationId),
    type: 'execution.launched',
    data: {
      executionId: plan.id,
      revision: state.revision,
      position: state.position,
      programId: plan.programId,
      programName: plan.programName,
      status: state.status,
      audienceId: plan.audienceId,
      flowId: plan.flowId,
      flowVersion: plan.flowVersion,
      flowName: plan.flowName,
      nodes: plan.nodes,
      didPool: plan.dids.map((did) => did.number),
      retryStrategy: plan.retryStrategy,
      pauseWindows: plan.pauseWindows,
      timezone: plan.timezone,
      scheduledStartAt: toIso(plan.scheduledStartAtMs),
      scheduledStopAt: plan.scheduledStopAtMs === null ? null : toIso(plan.scheduledStopAtMs),
      totalContacts: plan.totalContacts,
      counts: state.counts,
      ...(plan.triggerCondition === null ? {} : { triggerCondition: plan.triggerCondition }),
      ...testFlag(plan.isTest),
    },
  }
}

export function lifecycleEvent(
  plan: ExecutionPlan,
  { type, state }: Transition,
  nowMs: number,
  causationId: string | null,
): ExecutionLifecycle {
  return {
    ...header(plan, state, nowMs, causationId),
    type,
    data: lifecycleData(plan, state),
  }
}

/** Of a command that changed pacing or stop. */
export function changedEvent(plan: ExecutionPlan, state: ExecutionState, nowMs: number, causationId: string | null): ExecutionChanged {
  return {
    ...header(plan, state, nowMs, causationId),
    type: 'execution.changed',
    data: {
      ...lifecycleData(plan, state),
      scheduledStopAt: plan.scheduledStopAtMs === null ? null : toIso(plan.scheduledStopAtMs),
      pacing: pacingOf(plan),
    },
  }
}

export function pacingOf({ maxConcurrentCalls, callsPerSecond }: ExecutionPlan): Pacing {
  return { maxConcurrentCalls, ...(callsPerSecond === null ? {} : { callsPerSecond }) }
}

function lifecycleData(plan: ExecutionPlan, state: ExecutionState) {
  return {
    executionId: plan.id,
    revision: state.revision,
    position: state.position,
    status: state.status,
    counts: state.counts,
    ...(state.pausedBy ? { pausedBy: state.pausedBy } : {}),
  }
}

/**
 * @param state after the changes, with the event's own revision.
 * @param steps the counts on the way to it.
 */
export function contactsChangedEvent(
  plan: ExecutionPlan,
  state: ExecutionState,
  changes: readonly ChangedContact[],
  steps: readonly CountsAt[],
  nowMs: number,
  causationId: string | null,
): ExecutionContactsChanged {
  return {
    ...header(plan, state, nowMs, causationId),
    type: 'execution.contacts_changed',
    data: {
      executionId: plan.id,
      revision: state.revision,
      position: state.position,
      counts: state.counts,
      // The counts at the position of the event itself are its own: they hold what was ordered after the facts, too.
      steps: steps.filter(({ position }) => position < state.position).map(toStep),
      changes: changes.map(toChange),
    },
  }
}

function toStep({ position, counts }: CountsAt): number[] {
  const { pending, queued, calling, pendingRetry, completed, failed, skipped } = counts
  const byStatus = { pending, queued, calling, pending_retry: pendingRetry, completed, failed, skipped }
  return [position, ...contactStatuses.map((status) => byStatus[status])]
}

function toChange({ contactId, contact }: ChangedContact) {
  const status: ContactStatus = contact.status
  const dueAt = 'dueAtMs' in contact ? toIso(contact.dueAtMs) : null
  return { contactId, status, callId: contact.callId, attempt: contact.attempt, dueAt }
}
