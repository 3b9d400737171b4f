import { localHour } from '@carillon/calling-time/local-hour'
import type { CallEnded, CallEvent, CallStarted } from '@carillon/contracts/call-events'
import { fromIso } from '@carillon/contracts/instant'
import type { FlowOutcome, Outcome } from '@carillon/contracts/outcome'
import { countryOf } from '@carillon/telephony/phone-number'

/** A call that was dialed. */
export interface Call {
  readonly callId: string
  readonly organizationId: string
  readonly executionId: string | null
  readonly jobId: string | null
  readonly programId: string | null
  readonly contactId: string | null
  /** The contact's names at the launch. */
  readonly firstName: string | null
  readonly lastName: string | null
  readonly attempt: number
  readonly from: string
  readonly to: string
  readonly direction: 'inbound' | 'outbound'
  readonly startedAtMs: number
  /** Of its start in the calls' lane. */
  readonly position: number
  /** Of the number that was called, ISO 3166-1; null for one without a country. */
  readonly country: string | null
  /** The hour there when it started; null where a country has several time zones. */
  readonly localHour: number | null
}

/** An event of a call, with its position in the calls' lane. One that was parked before positions came has none. */
export type PlacedCallEvent = CallEvent & { readonly position?: number }

/** How a call ended. */
export interface CallEnd {
  readonly callId: string
  readonly answeredAtMs: number | null
  readonly endedAtMs: number
  readonly outcome: Outcome
  readonly outcomeReason: string
  readonly flowOutcome: FlowOutcome
  /** Answer to end; null when nobody answered (contract rule 8). */
  readonly durationMs: number | null
  /** Of its end in the calls' lane. */
  readonly position: number
}

export function callOf({ organizationId, time, data }: CallStarted, position: number): Call {
  const startedAtMs = fromIso(time)
  const country = countryOf(data.to)
  return {
    callId: data.callId,
    organizationId,
    executionId: data.executionId,
    jobId: data.jobId,
    programId: data.programId,
    contactId: data.contactId,
    firstName: data.firstName ?? null,
    lastName: data.lastName ?? null,
    attempt: data.attempt,
    from: data.from,
    to: data.to,
    direction: data.direction,
    startedAtMs,
    position,
    country,
    localHour: country === null ? null : localHour(country, startedAtMs),
  }
}

export function callEndOf({ time, data }: CallEnded, position: number): CallEnd {
  return {
    callId: data.callId,
    answeredAtMs: data.answeredAt === null ? null : fromIso(data.answeredAt),
    endedAtMs: fromIso(time),
    outcome: data.outcome,
    outcomeReason: data.outcomeReason,
    flowOutcome: data.flowOutcome,
    durationMs: data.durationMs,
    position,
  }
}
