import { closed } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { InstantNode } from '../node-type.ts'
import { compileTemplate, renderTemplate, type Template } from '../template.ts'
import { maxValueLength, VariableName, VariableValue } from '../variable.ts'

const SetVariableConfig = closed({ name: VariableName, value: VariableValue })

interface SetVariableTypes {
  readonly action: { readonly name: string; readonly value: VariableValue | Template }
  readonly data: { readonly name: string; readonly value: VariableValue }
}

/** Sets a variable of the call. A text is a template. */
export const setVariable: InstantNode<typeof SetVariableConfig, SetVariableTypes> = {
  description: 'Sets a variable of the call. Output: `onComplete`.',
  config: SetVariableConfig,
  needsAnsweredCall: false,
  takesTime: false,
  outputs: () => ['onComplete'],
  templates: ({ value }) => textAt('/config/value', value),
  variablesWritten: ({ name }) => [{ pointer: '/config/name', text: name }],
  run: {
    compile: ({ name, value }) => ({ name, value: typeof value === 'string' ? compileTemplate(value) : value }),
    start({ name, value: given }, variables) {
      const value = typeof given === 'object' && given !== null ? renderTemplate(given, variables, maxValueLength) : given
      return { output: 'onComplete', data: { name, value }, set: { [name]: value } }
    },
  },
}
