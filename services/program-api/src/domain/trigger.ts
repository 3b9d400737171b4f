import { triggerTimes } from '@carillon/calling-time/trigger-time'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'

/** What the launch of a live program fixed for its triggers. */
export interface LiveExecution {
  readonly executionId: string
  readonly organizationId: string
  readonly programId: string
  readonly triggerCondition: TriggerCondition
  /** IANA name: days of dates are days there. */
  readonly timezone: string
  readonly launchedAtMs: number
}

/** A contact, as far as its triggers need it. */
export interface FollowedContact {
  readonly id: string
  readonly phone: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly attributes: Readonly<Record<string, unknown>>
}

/** When an execution is to call a contact. */
export interface WantedTrigger {
  readonly contactId: string
  readonly contactName: string | null
  readonly contactPhone: string
  readonly triggerAtMs: number
  readonly attributeValue: string
}

/** The triggers that an execution wants of contacts: none of a contact without the date, and none before the launch (contract rule 16). */
export function wantedTriggers(execution: LiveExecution, contacts: readonly FollowedContact[]): WantedTrigger[] {
  const { triggerCondition, timezone, launchedAtMs } = execution
  const timeOf = triggerTimes(triggerCondition, timezone)
  return contacts.flatMap(({ id, phone, firstName, lastName, attributes }) => {
    const value = attributes[triggerCondition.attributeName]
    const triggerAtMs = timeOf(value)
    if (triggerAtMs === null || triggerAtMs < launchedAtMs) return []
    const contactName = [firstName, lastName].filter(Boolean).join(' ') || null
    return [{ contactId: id, contactName, contactPhone: phone, triggerAtMs, attributeValue: String(value) }]
  })
}
