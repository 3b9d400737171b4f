import type { WaitingNode } from '../node-type.ts'
import { mediaOutput, mediaOutputs, type Playback, type Played } from '../playback.ts'
import { type CompiledSpeech, compileSpeech, renderSpeech, type Speech, SpeechConfig } from '../prompt.ts'

interface SayTypes {
  readonly action: CompiledSpeech
  readonly waitingFor: 'playback'
  /** `content`: the text, with the variables put in. */
  readonly memory: { readonly content: string }
  readonly order: { readonly type: 'say' } & Speech
  readonly input: Played
  readonly data: { readonly text: string } & Playback
}

/** Speaks a text to the callee. */
export const say: WaitingNode<typeof SpeechConfig, SayTypes> = {
  description: 'Speaks a text to the callee. Outputs: `onComplete`, `onFailed`.',
  config: SpeechConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs: () => mediaOutputs,
  templates: ({ text }) => [{ pointer: '/config/text', text }],
  run: {
    waitingFor: 'playback',
    answers: ['played'],
    compile: compileSpeech,
    start(action, variables) {
      const speech = renderSpeech(action, variables)
      return { order: { type: 'say', ...speech }, memory: { content: speech.text } }
    },
    answer: ({ durationMs, completedBy }, { memory }) => ({
      ...mediaOutput(completedBy !== 'failed'),
      data: { text: memory.content, durationMs, completedBy },
    }),
    interrupt: ({ memory, durationMs }) => ({ data: { text: memory.content, durationMs, completedBy: 'stopped' } }),
  },
}
