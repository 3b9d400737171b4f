import { Type } from '@sinclair/typebox'
import { closed, hourMs, minuteMs } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { NodeDefinition } from '../node-type.ts'
import { PromptConfig, promptTemplates } from '../prompt.ts'
import { VariableName } from '../variable.ts'

const CollectAudioConfig = closed({
  prompt: Type.Optional(PromptConfig),
  maxDurationMs: Type.Integer({ minimum: 1000, maximum: hourMs }),
  silenceMs: Type.Optional(Type.Integer({ minimum: 500, maximum: minuteMs })),
  transcribe: Type.Optional(Type.Boolean()),
  variable: Type.Optional(VariableName),
})

/** Asks the callee to say something. Not runnable yet. */
export const collectAudio: NodeDefinition<typeof CollectAudioConfig> = {
  config: CollectAudioConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs: () => ['onComplete', 'onTimeout', 'onFailed'],
  templates: ({ prompt }) => promptTemplates(prompt),
  variablesWritten: ({ variable }) => textAt('/config/variable', variable),
}
