import { Type } from '@sinclair/typebox'
import { closed } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { NodeDefinition } from '../node-type.ts'

const SmsConfig = closed({
  message: Type.String({ minLength: 1, maxLength: 1600, description: 'The text. A template' }),
  to: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "The number, as a template; absent, the contact's phone" })),
})

/** Sends a text message. Not runnable yet. */
export const sms: NodeDefinition<typeof SmsConfig> = {
  description: 'Sends a text message. Not available yet: a flow with it is refused. Outputs: `onComplete`, `onFailed`.',
  config: SmsConfig,
  needsAnsweredCall: false,
  takesTime: true,
  outputs: () => ['onComplete', 'onFailed'],
  templates: ({ message, to }) => [{ pointer: '/config/message', text: message }, ...textAt('/config/to', to)],
}
