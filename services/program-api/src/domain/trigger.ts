import { triggerTime } from '@carillon/calling-time/trigger-time'
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

/** Null for a contact without the date, and for a time before the launch (contract rule 16). */
export function wantedTrigger({ triggerCondition, timezone, launchedAtMs }: LiveExecution, contact: FollowedContact): WantedTrigger | null {
  const value = contact.attributes[triggerCondition.attributeName]
  const triggerAtMs = triggerTime(value, triggerCondition, timezone)
  if (triggerAtMs === null || triggerAtMs < launchedAtMs) return null
  return {
    contactId: contact.id,
    contactName: [contact.firstName, contact.lastName].filter(Boolean).join(' ') || null,
    contactPhone: contact.phone,
    triggerAtMs,
    attributeValue: String(value),
  }
}
