import type { PartialResult } from '@carillon/call-flow/node-type'
import type { Operation, OperationOf, OperationResult, OperationResultOf, OperationType } from '@carillon/call-flow/operation'
import type { Prompt } from '@carillon/call-flow/prompt'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { AnsweredPlan } from './call-plan.ts'
import { enteredDigits, promptMs, recordedMs } from './callee.ts'
import type { CarrierProfile } from './profile.ts'

/** An answered call, as its operations see it. They count what they asked of the callee. */
export interface Line {
  readonly plan: AnsweredPlan
  questions: number
  recordings: number
}

/** What comes of an operation, if the callee stays on the line. */
export interface Work<R> {
  readonly durationMs: number
  readonly result: R
  /** What the end of the call leaves of it, if it comes before. */
  readonly partial?: PartialResult
}

interface Context {
  readonly profile: CarrierProfile
  readonly line: Line
  readonly atMs: number
}

type Handlers = { readonly [T in OperationType]: (context: Context, operation: OperationOf<T>) => Work<OperationResultOf<T>> }

/** How the simulated carrier carries out each operation. */
const handlers: Handlers = {
  play: ({ profile }, { media }) => playback(profile, { media }),
  say: ({ profile }, { text }) => playback(profile, { text }),
  collect({ profile, line }, entry) {
    line.questions++
    const { digits, endedBy, durationMs } = enteredDigits(profile, line.plan, line.questions, entry)
    return { durationMs, result: { type: 'collected', digits, endedBy } }
  },
  record({ profile, line, atMs }, limits) {
    line.recordings++
    const recordingId = uuidv7(atMs)
    const durationMs = recordedMs(profile, line.plan, line.recordings, limits)
    return { durationMs, result: { type: 'recorded', durationMs, ok: true, recordingId }, partial: { recordingId } }
  },
}

export function workOf(context: Context, operation: Operation): Work<OperationResult> {
  // The handler is picked by the operation's type, so it takes this operation.
  const handle = handlers[operation.type] as (context: Context, operation: Operation) => Work<OperationResult>
  return handle(context, operation)
}

function playback(profile: CarrierProfile, prompt: Prompt): Work<OperationResultOf<'play'>> {
  const durationMs = promptMs(profile, prompt)
  return { durationMs, result: { type: 'played', durationMs, completedBy: 'finished' } }
}
