import { Type } from '@sinclair/typebox'
import { closed } from '../config-schema.ts'
import type { UnansweredOutcome } from '../flow-end.ts'
import type { WaitingNode } from '../node-type.ts'

/** `unsure`: answered, and it is not known by whom. */
export type AnsweredBy = 'human' | 'machine' | 'unsure'

const DialConfig = closed({
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 1000, maximum: 180_000, default: 30_000, description: 'How long it rings at most, in milliseconds' }),
  ),
  amd: Type.Optional(Type.Boolean({ description: "Detect answering machines; absent, the program's setting applies" })),
})

interface Dialing {
  readonly timeoutMs: number
  /** Absent: the program's setting applies. */
  readonly amd?: boolean
}

interface DialTypes {
  readonly action: Dialing
  readonly waitingFor: 'answer'
  readonly memory: Record<never, never>
  readonly order: { readonly type: 'dial' } & Dialing
  readonly input:
    | { readonly type: 'answered'; readonly answeredBy: AnsweredBy }
    | { readonly type: 'not_answered'; readonly outcome: UnansweredOutcome; readonly reason?: string }
  /** Both `null` for a call that was given up while it rang. */
  readonly data: { readonly answeredBy: AnsweredBy | null; readonly outcome: UnansweredOutcome | null; readonly reason?: string }
}

const outputOfOutcome = {
  no_answer: 'onNoAnswer',
  busy: 'onBusy',
  rejected: 'onRejected',
  failed: 'onFailed',
} as const satisfies Record<UnansweredOutcome, string>

const unansweredOutputs = Object.values(outputOfOutcome)

/** Places the call and waits until it is known who answers. A machine takes onVoicemail where that is linked, else onAnswer. */
export const dial: WaitingNode<typeof DialConfig, DialTypes> = {
  description:
    'Places the call; a flow starts with it. Outputs: `onAnswer`, `onVoicemail` for an answering machine (without an edge it takes `onAnswer`), `onNoAnswer`, `onBusy`, `onRejected`, `onFailed`.',
  config: DialConfig,
  needsAnsweredCall: false,
  takesTime: true,
  unansweredOutputs,
  outputs: () => ['onAnswer', 'onVoicemail', ...unansweredOutputs],
  run: {
    waitingFor: 'answer',
    answers: ['answered', 'not_answered'],
    compile: (config) => ({ ...config, timeoutMs: config.timeoutMs ?? 30_000 }),
    start: (action) => ({ order: { type: 'dial', ...action }, memory: {} }),
    answer(input, { isLinked }) {
      if (input.type === 'answered') {
        const { answeredBy } = input
        const toVoicemail = answeredBy === 'machine' && (isLinked('onVoicemail') || !isLinked('onAnswer'))
        const output = toVoicemail ? 'onVoicemail' : 'onAnswer'
        return { output, data: { answeredBy, outcome: null }, set: { answeredBy } }
      }
      const { type: _, outcome, reason } = input
      const why = reason === undefined ? {} : { reason }
      return { output: outputOfOutcome[outcome], data: { answeredBy: null, outcome, ...why }, unanswered: { outcome, ...why } }
    },
    interrupt: () => ({ data: { answeredBy: null, outcome: null } }),
  },
}
