import { Type } from '@sinclair/typebox'
import { closed, hourMs, minuteMs } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { NodeDefinition } from '../node-type.ts'
import { PromptConfig, promptTemplates } from '../prompt.ts'
import { VariableName } from '../variable.ts'

const CollectAudioConfig = closed({
  prompt: Type.Optional({ ...PromptConfig, description: 'What is played first: an audio or a text' }),
  maxDurationMs: Type.Integer({ minimum: 1000, maximum: hourMs, description: 'The longest recording, in milliseconds' }),
  silenceMs: Type.Optional(
    Type.Integer({ minimum: 500, maximum: minuteMs, description: 'Silence that ends the recording, in milliseconds' }),
  ),
  transcribe: Type.Optional(Type.Boolean({ description: 'Whether the recording is written down' })),
  variable: Type.Optional(VariableName),
})

/** Asks the callee to say something. Not runnable yet. */
export const collectAudio: NodeDefinition<typeof CollectAudioConfig> = {
  description:
    'Asks the callee to say something. Not available yet: a flow with it is refused. Outputs: `onComplete`, `onTimeout`, `onFailed`.',
  config: CollectAudioConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs: () => ['onComplete', 'onTimeout', 'onFailed'],
  templates: ({ prompt }) => promptTemplates(prompt),
  variablesWritten: ({ variable }) => textAt('/config/variable', variable),
}
