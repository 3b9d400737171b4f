import type { CallEnded, CallEvent, CallStarted } from '@carillon/contracts/call-events'
import type { FlowOutcome, Outcome } from '@carillon/contracts/program'
import { fromIso } from '@carillon/service-kit/instant'

/** A call that was dialed, as the history lists it. Instants are epoch milliseconds. */
export interface Call {
  readonly callId: string
  readonly organizationId: string
  readonly executionId: string | null
  readonly jobId: string | null
  readonly programId: string | null
  readonly contactId: string | null
  readonly attempt: number
  readonly from: string
  readonly to: string
  readonly direction: 'inbound' | 'outbound'
  readonly startedAt: number
  readonly answeredAt: number | null
  /** Null while the call goes on. */
  readonly end: CallEnd | null
  /** The last event that is part of this state. */
  readonly lastSeq: number
}

export interface CallEnd {
  readonly endedAt: number
  readonly outcome: Outcome
  readonly outcomeReason: string
  readonly flowOutcome: FlowOutcome
  /** Answer to end; null when nobody answered (spec ruling 8). */
  readonly durationMs: number | null
}

/** The call after its next event. Events come in the order of their `seq`, each once; throws where the first is no `call.started`. */
export function evolve(call: Call | null, event: CallEvent): Call {
  if (call === null) {
    if (event.type === 'call.started') return started(event)
    throw new Error(`the first event of call ${event.data.callId} is ${event.type}`)
  }
  const lastSeq = event.data.seq
  if (event.type === 'call.answered') return { ...call, answeredAt: fromIso(event.time), lastSeq }
  if (event.type === 'call.ended') return ended(call, event)
  return { ...call, lastSeq }
}

function started({ organizationId, time, data }: CallStarted): Call {
  return {
    callId: data.callId,
    organizationId,
    executionId: data.executionId,
    jobId: data.jobId,
    programId: data.programId,
    contactId: data.contactId,
    attempt: data.attempt,
    from: data.from,
    to: data.to,
    direction: data.direction,
    startedAt: fromIso(time),
    answeredAt: null,
    end: null,
    lastSeq: data.seq,
  }
}

function ended(call: Call, { time, data }: CallEnded): Call {
  return {
    ...call,
    // A bridge that took over a call knows from its journal what the events before did not say.
    answeredAt: call.answeredAt ?? (data.answeredAt === null ? null : fromIso(data.answeredAt)),
    end: {
      endedAt: fromIso(time),
      outcome: data.outcome,
      outcomeReason: data.outcomeReason,
      flowOutcome: data.flowOutcome,
      durationMs: data.durationMs,
    },
    lastSeq: data.seq,
  }
}
