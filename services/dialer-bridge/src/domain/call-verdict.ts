import type { FlowEnd, UnansweredOutcome } from '@carillon/call-flow/flow-end'
import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import { type Outcome, outcomeOf } from '@carillon/telephony/outcome'
import type { CarrierEventOf } from './carrier-event.ts'
import { reasonOfAnswered } from './outcome-reason.ts'

/** How a call went, and why. */
export interface Verdict {
  readonly outcome: Outcome
  readonly reason: string
  readonly retryPointless: boolean
  /** As the carrier gave them. */
  readonly sipStatus: number | null
  readonly q850Cause: number | null
}

type Cause = Pick<Verdict, 'sipStatus' | 'q850Cause'>

/** For a call whose end the carrier did not report. */
export const unknownCause: Cause = { sipStatus: null, q850Cause: null }

/** Of a call that was answered. `detectedBy` is null if nobody asked who answers. */
export function verdictOfAnswered(detectedBy: AnsweredBy | null, flowEnd: FlowEnd | null, { sipStatus, q850Cause }: Cause): Verdict {
  const { outcome, retryPointless } = outcomeOf({
    ...unknownCause,
    answered: true,
    amd: detectedBy,
    ringTimeout: false,
    progressSeen: true,
  })
  return { outcome, reason: reasonOfAnswered(flowEnd), retryPointless, sipStatus, q850Cause }
}

/** Of a call that ended by itself before anybody answered. */
export function verdictOfUnanswered(ended: CarrierEventOf<'ended'>, isRinging: boolean): Verdict {
  const { sipStatus, q850Cause, ringTimeout } = ended
  const verdict = outcomeOf({ answered: false, amd: null, sipStatus, q850Cause, ringTimeout, progressSeen: isRinging })
  return { ...verdict, sipStatus, q850Cause }
}

/** Of a call that failed before anybody answered, for a reason of our own. */
export function verdictOfFailed(reason: string, { sipStatus, q850Cause }: Cause): Verdict {
  return { outcome: 'failed', reason, retryPointless: false, sipStatus, q850Cause }
}

/** What the flow is told about a call that nobody answered. */
export function unansweredOutcomeOf({ outcome }: Verdict): UnansweredOutcome {
  return outcome === 'completed' || outcome === 'voicemail' ? 'failed' : outcome
}
