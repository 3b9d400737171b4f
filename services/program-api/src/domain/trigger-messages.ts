import { toIso } from '@carillon/contracts/instant'
import type { TriggersCancelled, TriggersDue } from '@carillon/contracts/trigger-events'

interface Told {
  readonly messageId: string
  readonly organizationId: string
  readonly executionId: string
  readonly atMs: number
}

function header({ messageId, organizationId, executionId, atMs }: Told) {
  return { id: messageId, version: 1 as const, organizationId, time: toIso(atMs), correlationId: executionId, causationId: null }
}

export function triggersDue(told: Told, triggers: TriggersDue['data']['triggers']): TriggersDue {
  return { ...header(told), type: 'trigger.due', data: { executionId: told.executionId, triggers } }
}

export function triggersCancelled(told: Told, triggerIds: string[]): TriggersCancelled {
  return { ...header(told), type: 'trigger.cancelled', data: { executionId: told.executionId, triggerIds } }
}
