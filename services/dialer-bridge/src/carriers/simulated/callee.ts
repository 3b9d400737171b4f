import type { DigitEntry } from '@carillon/call-flow/nodes/dtmf'
import type { RecordingLimits } from '@carillon/call-flow/nodes/record'
import type { Prompt } from '@carillon/call-flow/prompt'
import type { AnsweredPlan } from './call-plan.ts'
import { between, weighted } from './draw.ts'
import type { CarrierProfile } from './profile.ts'

/** The answer to one question for digits. `durationMs` counts from the start of the prompt. */
export interface Entered {
  readonly digits: string
  readonly endedBy: 'complete' | 'terminator' | 'timeout'
  readonly durationMs: number
}

/** How long an audio or a text takes. */
export function promptMs(profile: CarrierProfile, prompt: Prompt): number {
  if ('text' in prompt) return prompt.text.length * profile.sayMsPerCharacter
  const { durations, defaultMs } = profile.media
  return (Object.hasOwn(durations, prompt.media) ? durations[prompt.media] : undefined) ?? defaultMs
}

/** What the callee enters at the `question`th question of the call, from 1. The callee waits for the end of the prompt. */
export function enteredDigits(
  profile: CarrierProfile,
  plan: AnsweredPlan,
  question: number,
  entry: DigitEntry & { prompt?: Prompt },
): Entered {
  const keys = plan.keys ? (plan.keys[question - 1] ?? '') : (weighted(profile.digits, plan.draw(`digits ${question}`)) ?? '')
  let durationMs = entry.prompt ? promptMs(profile, entry.prompt) : 0
  let digits = ''
  for (const [index, key] of [...keys].entries()) {
    const limitMs = index === 0 ? entry.timeoutMs : entry.interDigitTimeoutMs
    const delayMs = between(profile.digitDelayMs, plan.draw(`digit ${question}.${index}`))
    if (delayMs > limitMs) return { digits, endedBy: 'timeout', durationMs: durationMs + limitMs }
    durationMs += delayMs
    if (key === entry.terminator) return { digits, endedBy: 'terminator', durationMs }
    digits += key
    if (digits.length === entry.maxDigits) return { digits, endedBy: 'complete', durationMs }
  }
  return { digits, endedBy: 'timeout', durationMs: durationMs + (digits === '' ? entry.timeoutMs : entry.interDigitTimeoutMs) }
}

/** How long the `recording`th recording of the call is, from 1: the callee speaks, then is silent. */
export function recordedMs(profile: CarrierProfile, plan: AnsweredPlan, recording: number, limits: RecordingLimits): number {
  const { minMs, maxMs } = profile.record
  const spokenMs = between({ min: minMs, max: maxMs }, plan.draw(`record ${recording}`))
  return Math.min(spokenMs + (limits.silenceMs ?? 0), limits.maxDurationMs)
}
