import { q850Name } from './q850.ts'
import { sipStatusName } from './sip-status.ts'

/** How a call went, once it ended (contract rule 3). Only `completed` and `voicemail` were answered. */
export type Outcome = 'completed' | 'voicemail' | 'no_answer' | 'busy' | 'rejected' | 'failed'

/** What answering-machine detection said; `unsure` and `null` (it did not run) count as a human. */
export type AmdVerdict = 'human' | 'machine' | 'unsure'

export interface CallEnding {
  answered: boolean
  amd: AmdVerdict | null
  /** The final SIP status as received; null where the carrier gave none. */
  sipStatus: number | null
  /** The Q.850 cause as received; null where the carrier gave none. */
  q850Cause: number | null
  /** Our ring timer ended the call. The SIP status and cause are then made up on our side. */
  ringTimeout: boolean
  /** The carrier said RINGING or PROGRESS: the far end is alive. */
  progressSeen: boolean
}

export interface Ended {
  outcome: Outcome
  /** For people, with the raw values: `Busy Here (SIP 486, Q.850 17)`. */
  reason: string
  /** Calling this number again cannot help, e.g. an unallocated number. */
  retryPointless: boolean
}

type Verdict = Pick<Ended, 'outcome' | 'retryPointless'>

const busy: Verdict = { outcome: 'busy', retryPointless: false }
const rejected: Verdict = { outcome: 'rejected', retryPointless: false }
const noAnswer: Verdict = { outcome: 'no_answer', retryPointless: false }
const failed: Verdict = { outcome: 'failed', retryPointless: false }
const failedForGood: Verdict = { outcome: 'failed', retryPointless: true }

/** Statuses that are not here fall through to the Q.850 cause. */
const bySipStatus: ReadonlyMap<number, Verdict> = new Map([
  [486, busy],
  [600, busy],
  [603, rejected],
  [607, rejected],
  [608, rejected],
  // Refused on the way, not by the callee: a trunk that forbids, wants credentials, payment or an identity.
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
  // No common media: the same offer would be refused again.
  [415, failedForGood],
  [488, failedForGood],
  [606, failedForGood],
  [500, failed],
  [502, failed],
  [503, failed],
  [504, failed],
])

/** Causes that are not here are failures worth a retry. */
const byCause: ReadonlyMap<number, Verdict> = new Map([
  [17, busy],
  [21, rejected],
  // Cleared before an answer: our own DELETE while ringing ends with 16; 20 and 31 are 480 in SIP (RFC 3398 §7.2.4.1).
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

/** Statuses that a ring timer of ours brings about; any other one is the far end's own word, and came first. */
const statusesOfATimeout: ReadonlySet<number> = new Set([408, 480, 487])

/**
 * From what the carrier said to how the call went: answered first, then our ring timer, then the SIP status, which is the more
 * exact, then the Q.850 cause. Raw values that nobody gave are null.
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
