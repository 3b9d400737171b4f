import { q850Name } from './q850.ts'
import { sipStatusName } from './sip-status.ts'

/** How a call went, once it ended (contract rule 3). Only `completed` and `voicemail` were answered. */
export type Outcome = 'completed' | 'voicemail' | 'no_answer' | 'busy' | 'rejected' | 'failed'

/** The result of answering-machine detection. `unsure` and `null` (it did not run) count as a human. */
export type AmdVerdict = 'human' | 'machine' | 'unsure'

export interface CallEnding {
  answered: boolean
  amd: AmdVerdict | null
  /** The final SIP status as received; null if the carrier gave none. */
  sipStatus: number | null
  /** The Q.850 cause as received; null if the carrier gave none. */
  q850Cause: number | null
  /** Our ring timer ended the call. Our own side then chose the SIP status and the cause. */
  ringTimeout: boolean
  /** The carrier reported RINGING or PROGRESS, so the far end is alive. */
  progressSeen: boolean
}

export interface Ended {
  outcome: Outcome
  /** For people, with the raw values: `Busy Here (SIP 486, Q.850 17)`. */
  reason: string
  /** A retry of this number cannot succeed, e.g. because the number is not allocated. */
  retryPointless: boolean
}

type Verdict = Pick<Ended, 'outcome' | 'retryPointless'>

const busy: Verdict = { outcome: 'busy', retryPointless: false }
const rejected: Verdict = { outcome: 'rejected', retryPointless: false }
const noAnswer: Verdict = { outcome: 'no_answer', retryPointless: false }
const failed: Verdict = { outcome: 'failed', retryPointless: false }
const failedForGood: Verdict = { outcome: 'failed', retryPointless: true }

/** For a status that is not listed, the Q.850 cause decides. */
const bySipStatus: ReadonlyMap<number, Verdict> = new Map([
  [486, busy],
  [600, busy],
  [603, rejected],
  [607, rejected],
  [608, rejected],
  // A trunk on the way refused the call, not the callee: it forbids it, or it asks for credentials, payment or an identity.
  [401, failed],
  [402, failed],
  [403, failed],
  [407, failed],
  [433, failed],
  [408, noAnswer],
  [480, noAnswer],
  [487, noAnswer],
  [404, failedForGood],
  [410, failedForGood],
  [484, failedForGood],
  [604, failedForGood],
  // The two sides have no media format in common: the same offer would be refused again.
  [415, failedForGood],
  [488, failedForGood],
  [606, failedForGood],
  [500, failed],
  [502, failed],
  [503, failed],
  [504, failed],
])

/** A cause that is not listed is a failure that may be retried. */
const byCause: ReadonlyMap<number, Verdict> = new Map([
  [17, busy],
  [21, rejected],
  // Cleared before an answer. Our own hangup while it rings ends with 16; 20 and 31 are 480 in SIP (RFC 3398 §7.2.4.1).
  [16, noAnswer],
  [18, noAnswer],
  [19, noAnswer],
  [20, noAnswer],
  [31, noAnswer],
  [1, failedForGood],
  [22, failedForGood],
  [28, failedForGood],
  [58, failedForGood],
])

/** Statuses that our own ring timer causes. The far end sent any other one, before the timer ended the call. */
const statusesOfATimeout: ReadonlySet<number> = new Set([408, 480, 487])

/**
 * The outcome of a call, from the carrier's raw values. The first of these decides: the answer, our ring timer, the SIP status (more exact than
 * the cause), the Q.850 cause.
 */
export function outcomeOf(ending: CallEnding): Ended {
  const { sipStatus, q850Cause } = ending
  if (ending.answered) {
    return ending.amd === 'machine'
      ? { outcome: 'voicemail', reason: 'Answered by a machine', retryPointless: false }
      : { outcome: 'completed', reason: 'Answered', retryPointless: false }
  }
  if (ending.ringTimeout && (sipStatus === null || statusesOfATimeout.has(sipStatus))) {
    return ending.progressSeen
      ? { ...noAnswer, reason: 'No answer within the ring time' }
      : { ...failed, reason: 'No response from the destination within the ring time' }
  }
  return { ...verdictOf(sipStatus, q850Cause), reason: reasonOf(sipStatus, q850Cause) }
}

function verdictOf(sipStatus: number | null, q850Cause: number | null): Verdict {
  const saidBySip = sipStatus === null ? undefined : bySipStatus.get(sipStatus)
  const saidByCause = q850Cause === null ? undefined : byCause.get(q850Cause)
  return saidBySip ?? saidByCause ?? failed
}

function reasonOf(sipStatus: number | null, q850Cause: number | null): string {
  if (sipStatus !== null && q850Cause !== null) return `${sipStatusName(sipStatus)} (SIP ${sipStatus}, Q.850 ${q850Cause})`
  if (sipStatus !== null) return `${sipStatusName(sipStatus)} (SIP ${sipStatus})`
  if (q850Cause !== null) return `${q850Name(q850Cause)} (Q.850 ${q850Cause})`
  return 'The carrier gave no cause'
}
