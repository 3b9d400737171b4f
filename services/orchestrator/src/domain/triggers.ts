import type { ContactStatus } from '@carillon/contracts/execution'
import { toIso } from '@carillon/contracts/instant'
import type { TriggersFired } from '@carillon/contracts/trigger-events'
import { countMove } from './contact-counts.ts'
import type { ContactSnapshot } from './dial-order.ts'
import type { ExecutionRules } from './execution-rules.ts'
import { noCursors } from './outlook.ts'
import type { Turn } from './turn.ts'

/** A trigger that fires, with its contact as it is now. */
export type FiredTrigger = ContactSnapshot & {
  readonly triggerId: string
  /** The contact's status in the execution; null if it is new there. */
  readonly before: ContactStatus | null
}

/** Whether triggers that have come due fire now: not while the execution is paused or has not begun, and not in a pause window (contract rule 16). */
export function triggersMayFire({ plan, windows }: ExecutionRules, { state }: Turn, nowMs: number): boolean {
  return plan.triggerCondition !== null && state.status === 'running' && windows.windowAt(nowMs) === null
}

/** The contacts of triggers join the execution, and wait for their first attempt. One that was called before is called again. */
export function fireTriggers({ plan }: ExecutionRules, turn: Turn, fired: readonly FiredTrigger[], nowMs: number): Turn {
  if (fired.length === 0) return turn
  const counts = { ...turn.state.counts }
  for (const { before } of fired) {
    if (before === null) counts.pending += 1
    else countMove(counts, before, 'pending')
  }
  const contact = { status: 'pending', attempt: 0, dueAtMs: nowMs, callId: null } as const
  return {
    ...turn,
    state: { ...turn.state, counts },
    changes: [...turn.changes, ...fired.map(({ contactId }) => ({ contactId, contact }))],
    // A contact that comes back may stand before the cursor.
    outlook: { ...turn.outlook, nextDueAtMs: Math.min(turn.outlook.nextDueAtMs, nowMs), cursors: noCursors },
    fired: [...turn.fired, firedEvent(plan, turn, fired, nowMs)],
  }
}

function firedEvent(plan: ExecutionRules['plan'], { state, fired }: Turn, triggers: readonly FiredTrigger[], nowMs: number): TriggersFired {
  return {
    // The changes that it brings get the next revision.
    id: `${plan.id}:${state.revision + 1}:fired:${fired.length}`,
    type: 'execution.triggers_fired',
    version: 1,
    organizationId: plan.organizationId,
    time: toIso(nowMs),
    correlationId: plan.id,
    causationId: null,
    data: {
      executionId: plan.id,
      audienceId: plan.audienceId,
      triggers: triggers.map(({ triggerId, contactId }) => ({ triggerId, contactId })),
    },
  }
}
