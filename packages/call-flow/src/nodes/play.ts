import { closed } from '../config-schema.ts'
import type { WaitingNode } from '../node-type.ts'
import { mediaOutput, mediaOutputs, type Playback, type Played } from '../playback.ts'
import { Media } from '../prompt.ts'
import { compileTemplate, renderTemplate, type Template } from '../template.ts'

const PlayConfig = closed({ media: Media })

interface PlayTypes {
  readonly action: Template
  readonly waitingFor: 'playback'
  /** `content`: the media, with the variables put in. */
  readonly memory: { readonly content: string }
  readonly order: { readonly type: 'play'; readonly media: string }
  readonly input: Played
  readonly data: { readonly media: string } & Playback
}

/** Plays an audio to the callee. */
export const play: WaitingNode<typeof PlayConfig, PlayTypes> = {
  description: 'Plays an audio to the callee. Outputs: `onComplete`, `onFailed`.',
  config: PlayConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs: () => mediaOutputs,
  templates: ({ media }) => [{ pointer: '/config/media', text: media }],
  run: {
    waitingFor: 'playback',
    answers: ['played'],
    compile: ({ media }) => compileTemplate(media),
    start(template, variables) {
      const media = renderTemplate(template, variables)
      return { order: { type: 'play', media }, memory: { content: media } }
    },
    answer: ({ durationMs, completedBy }, { memory }) => ({
      ...mediaOutput(completedBy !== 'failed'),
      data: { media: memory.content, durationMs, completedBy },
    }),
    interrupt: ({ memory, durationMs }) => ({ data: { media: memory.content, durationMs, completedBy: 'stopped' } }),
  },
}
