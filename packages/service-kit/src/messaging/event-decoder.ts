import '../process/formats.ts'
import type { TObject, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { ProjectedEvent } from './projection.ts'

/** Reads the events of the given schemas: undefined for a type that has none; throws where the message does not fit its type's schema. */
export type EventDecoder<E extends ProjectedEvent> = (subject: string, data: Uint8Array) => E | undefined

const text = new TextDecoder('utf-8', { fatal: true })

/** `<prefix>.<lane>.<type>`: the type is known before anything is parsed. */
function typeOf(subject: string): string {
  return subject.slice(subject.indexOf('.', subject.indexOf('.') + 1) + 1)
}

export function eventDecoder<E extends ProjectedEvent>(schemas: readonly TSchema[]): EventDecoder<E> {
  const checks = new Map<string, TypeCheck<TSchema>>()
  for (const schema of schemas) checks.set(messageType(schema), TypeCompiler.Compile(schema))
  return (subject, data) => {
    const check = checks.get(typeOf(subject))
    if (!check) return undefined
    const event: unknown = JSON.parse(text.decode(data))
    if (check.Check(event)) return event as E
    const error = check.Errors(event).First()
    throw new Error(`the event does not fit its schema: ${error?.path} ${error?.message}`)
  }
}

function messageType(schema: TSchema): string {
  const type: unknown = (schema as TObject).properties?.type?.const
  if (typeof type !== 'string') throw new Error('a projection follows messages, each with a literal type')
  return type
}
