import { Type } from '@sinclair/typebox'
import { closed } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { NodeDefinition } from '../node-type.ts'
import { VariableValue } from '../variable.ts'

/** The call export makes a column of `attributeName`. */
const UpdateContactConfig = closed({
  attributeName: Type.String({ minLength: 1, maxLength: 100, description: 'The slug of the custom attribute' }),
  value: VariableValue,
})

/** Sets a custom attribute of the contact. Not runnable yet. */
export const updateContact: NodeDefinition<typeof UpdateContactConfig> = {
  description: 'Sets a custom attribute of the contact. Not available yet: a flow with it is refused. Outputs: `onComplete`, `onFailed`.',
  config: UpdateContactConfig,
  needsAnsweredCall: false,
  takesTime: true,
  outputs: () => ['onComplete', 'onFailed'],
  templates: ({ value }) => textAt('/config/value', value),
}
