import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import type { OriginateRequest } from '../../domain/carrier-command.ts'
import { between, type Draw, drawFor, weighted } from './draw.ts'
import type { CarrierProfile } from './profile.ts'
import { parseScript, type Script } from './script.ts'

/** How a simulated call will go. Milliseconds from the originate unless said otherwise. */
export type CallPlan = AnsweredPlan | UnansweredPlan

export interface AnsweredPlan {
  readonly type: 'answered'
  readonly ringAfterMs: number
  readonly pickUpAfterMs: number
  /** From the pick-up until it is known who answered; 0 without detection. */
  readonly detectMs: number
  readonly answeredBy: AnsweredBy
  /** From the pick-up until the callee hangs up; null if the callee stays to the end. */
  readonly hangUpAfterMs: number | null
  /** The scripted keys for the first, second… question for digits; null if each is drawn. */
  readonly keys: readonly string[] | null
  /** The callee hangs up after the last of these keys. */
  readonly hangsUpAfterKeys: boolean
  readonly draw: Draw
}

export interface UnansweredPlan {
  readonly type: 'unanswered'
  /** Null if it never rings. */
  readonly ringAfterMs: number | null
  readonly endAfterMs: number
  readonly sipStatus: number
  readonly q850Cause: number | null
  readonly ringTimeout: boolean
}

type Asked = Pick<OriginateRequest, 'to' | 'attempt' | 'timeoutMs' | 'amd'>

/** Plans the call of one attempt. Pure: the same (profile, seed, number, attempt) gives the same plan, whatever else is dialed. */
export function planCall(profile: CarrierProfile, seed: number, asked: Asked): CallPlan {
  const draw = drawFor(seed, asked.to, asked.attempt)
  const script = scriptOf(profile, asked) ?? drawnScript(profile, draw)
  switch (script.type) {
    case 'answer':
    case 'machine':
      return answer(profile, script, asked, draw)
    case 'no_answer':
      return noAnswer(profile, asked, draw)
    case 'busy':
      return refusal(profile, draw, asked, 'busyAfterMs', { sipStatus: 486, q850Cause: 17 })
    case 'rejected':
      return refusal(profile, draw, asked, 'rejectedAfterMs', { sipStatus: 603, q850Cause: 21 })
    case 'failed':
      return { ...refusal(profile, draw, asked, 'failedAfterMs', failure(profile, script, draw)), ringAfterMs: null }
  }
}

function scriptOf(profile: CarrierProfile, { to, attempt }: Asked): Script | null {
  const scripts = Object.hasOwn(profile.numbers, to) ? profile.numbers[to] : undefined
  const text = scripts?.[Math.min(attempt, scripts.length) - 1]
  return text === undefined ? null : parseScript(text)
}

function drawnScript({ outcomes }: CarrierProfile, draw: Draw): Script {
  const outcome = weighted(outcomes, draw('outcome')) ?? 'failed'
  switch (outcome) {
    case 'answer':
      return { type: 'answer', keys: null, hangsUp: false }
    case 'failed':
      return { type: 'failed', sipStatus: null }
    case 'machine':
      return { type: outcome }
    default:
      return { type: outcome }
  }
}

function answer(profile: CarrierProfile, script: Extract<Script, { type: 'answer' | 'machine' }>, asked: Asked, draw: Draw): CallPlan {
  const pickUpAfterMs = between(profile.ringMs, draw('ring'))
  if (pickUpAfterMs > asked.timeoutMs) return noAnswer(profile, asked, draw)
  const isHuman = script.type === 'answer'
  const isDrawn = isHuman && script.keys === null && !script.hangsUp
  const hangsUp = isDrawn && draw('hangs up') < profile.hangUp.probability
  return {
    type: 'answered',
    ringAfterMs: Math.min(between(profile.postDialDelayMs, draw('post-dial delay')), pickUpAfterMs),
    pickUpAfterMs,
    detectMs: asked.amd ? between(profile.amd.detectMs, draw('amd time')) : 0,
    answeredBy: heardAs(isHuman ? 'human' : 'machine', asked.amd, profile.amd.accuracy, draw),
    hangUpAfterMs: hangsUp ? between(profile.hangUp.afterMs, draw('hangs up after')) : null,
    keys: isHuman ? (script.keys ?? (script.hangsUp ? [] : null)) : [],
    hangsUpAfterKeys: isHuman && script.hangsUp,
    draw,
  }
}

/** Without detection a carrier reports everybody who answers as a person. A simulated machine is reported as unsure instead. */
function heardAs(who: 'human' | 'machine', amd: boolean, accuracy: number, draw: Draw): AnsweredBy {
  if (!amd) return who === 'machine' ? 'unsure' : 'human'
  return draw('amd') < accuracy ? who : 'unsure'
}

/** It rings until our ring time runs out, or the far end gives up before. A PBX reports both as 480. */
function noAnswer(profile: CarrierProfile, { timeoutMs }: Asked, draw: Draw): UnansweredPlan {
  const { noAnswerAfterMs } = profile
  const givenUpAfterMs = noAnswerAfterMs ? between(noAnswerAfterMs, draw('noAnswerAfterMs')) : Number.POSITIVE_INFINITY
  const endAfterMs = Math.min(givenUpAfterMs, timeoutMs)
  const ringAfterMs = Math.min(between(profile.postDialDelayMs, draw('post-dial delay')), endAfterMs)
  return { type: 'unanswered', ringAfterMs, endAfterMs, sipStatus: 480, q850Cause: 19, ringTimeout: givenUpAfterMs >= timeoutMs }
}

type Cause = Pick<UnansweredPlan, 'sipStatus' | 'q850Cause'>

function refusal(
  profile: CarrierProfile,
  draw: Draw,
  asked: Asked,
  after: 'busyAfterMs' | 'rejectedAfterMs' | 'failedAfterMs',
  cause: Cause,
): UnansweredPlan {
  const endAfterMs = between(profile[after], draw(after))
  if (endAfterMs > asked.timeoutMs) return noAnswer(profile, asked, draw)
  const ringAfterMs = Math.min(between(profile.postDialDelayMs, draw('post-dial delay')), endAfterMs)
  return { type: 'unanswered', ringAfterMs, endAfterMs, ...cause, ringTimeout: false }
}

function failure(profile: CarrierProfile, script: Extract<Script, { type: 'failed' }>, draw: Draw): Cause {
  if (script.sipStatus !== null) return { sipStatus: script.sipStatus, q850Cause: null }
  const weights = Object.fromEntries(profile.failures.map(({ weight }, index) => [index, weight]))
  const { sipStatus, q850Cause } = profile.failures[Number(weighted(weights, draw('failure')) ?? 0)] ?? { sipStatus: 503, q850Cause: 34 }
  return { sipStatus, q850Cause }
}
