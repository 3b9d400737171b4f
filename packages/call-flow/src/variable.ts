import { type Static, Type } from '@sinclair/typebox'

/** The most characters of a value that a flow writes: a loop that doubles a text must not fill the memory. */
export const maxValueLength = 2000

/** What a variable holds: the type of `finalVariables` in the call report. */
export const VariableValue = Type.Union([Type.Number(), Type.Boolean(), Type.Null(), Type.String({ maxLength: maxValueLength })], {
  description: 'A number, `true`, `false`, `null`, or a text of at most 2000 characters. A text is a template: `{{contact.firstName}}`',
})
export type VariableValue = Static<typeof VariableValue>

/** Flat keys: `contact.phone`, `contact.customAttributes.credit`, `sys.attempt`, `answeredBy`. */
export type Variables = Readonly<Record<string, VariableValue>>

/** `validateFlow` checks the name: slugs may hold any letter, and JSON Schema validators disagree on Unicode in patterns. */
export const VariableName = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'The name of a variable, such as `choice` or `contact.customAttributes.credit`',
})

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[\p{L}\p{M}\p{N}_-]+)*$/u
const reservedPattern = /^(?:sys|contact)(?:\.|$)|^answeredBy$/

export function isVariableName(text: string): boolean {
  return text.length <= 128 && namePattern.test(text)
}

/** True for what the platform sets (`sys.…`, `contact.…`, `answeredBy`): a flow may read these and not write them. */
export function isReservedVariable(name: string): boolean {
  return reservedPattern.test(name)
}

/** The value of a variable, `null` if it is missing. It reads own keys only: a flow may name a variable `constructor`. */
export function readVariable(variables: Variables, name: string): VariableValue {
  return Object.hasOwn(variables, name) ? (variables[name] ?? null) : null
}
