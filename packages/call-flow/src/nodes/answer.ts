import { closed } from '../config-schema.ts'
import type { InstantNode } from '../node-type.ts'

const AnswerConfig = closed({})

interface AnswerTypes {
  readonly action: null
  readonly data: Record<never, never>
}

/** Marks in a flow that the call is answered. It does nothing: an outbound call is answered by the callee. */
export const answer: InstantNode<typeof AnswerConfig, AnswerTypes> = {
  description: 'Marks that the call is answered. It does nothing else. Output: `onComplete`.',
  config: AnswerConfig,
  needsAnsweredCall: true,
  takesTime: false,
  outputs: () => ['onComplete'],
  run: {
    compile: () => null,
    start: () => ({ output: 'onComplete', data: {} }),
  },
}
