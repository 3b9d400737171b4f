import { Type } from '@sinclair/typebox'
import { closed } from '../config-schema.ts'
import type { NodeDefinition } from '../node-type.ts'

const TransferConfig = closed({
  to: Type.String({ minLength: 1, maxLength: 200, description: 'Phone number, extension or queue. A template' }),
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 1000, maximum: 180_000, default: 30_000, description: 'How long it rings at most, in milliseconds' }),
  ),
})

/** Connects the callee with somebody else. Not runnable yet. */
export const transfer: NodeDefinition<typeof TransferConfig> = {
  description:
    'Connects the callee with somebody else. Not available yet: a flow with it is refused. Outputs: `onComplete`, `onNoAnswer`, `onBusy`, `onFailed`.',
  config: TransferConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs: () => ['onComplete', 'onNoAnswer', 'onBusy', 'onFailed'],
  templates: ({ to }) => [{ pointer: '/config/to', text: to }],
}
