import '../process/formats.ts'
import type { TObject, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { UndecodableError } from './poison.ts'
import type { ProjectedEvent } from './projection.ts'

/** Decodes a message. Returns undefined if its type has no schema; throws an {@link UndecodableError} if it does not match the schema of its type. */
export type EventDecoder<E extends ProjectedEvent> = (subject: string, data: Uint8Array) => E | undefined

const text = new TextDecoder('utf-8', { fatal: true })

/** The subject is `<prefix>.<lane>.<type>`: messages of other types need not be parsed. */
function typeOf(subject: string): string {
  return subject.slice(subject.indexOf('.', subject.indexOf('.') + 1) + 1)
}

/** @param schemas Message schemas, each with a literal `type`. */
export function eventDecoder<E extends ProjectedEvent>(schemas: readonly TSchema[]): EventDecoder<E> {
  const checks = new Map<string, TypeCheck<TSchema>>()
  for (const schema of schemas) checks.set(messageType(schema), TypeCompiler.Compile(schema))
  return (subject, data) => {
    const check = checks.get(typeOf(subject))
    if (!check) return undefined
    const event = parse(data)
    if (check.Check(event)) return event as E
    const error = check.Errors(event).First()
    throw new UndecodableError(`the event does not match its schema: ${error?.path} ${error?.message}`)
  }
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(text.decode(data))
  } catch (error) {
    throw new UndecodableError('the event is not JSON in UTF-8', { cause: error })
  }
}

function messageType(schema: TSchema): string {
  const type: unknown = (schema as TObject).properties?.type?.const
  if (typeof type !== 'string') throw new Error('a message schema needs a literal type')
  return type
}
