import '../process/formats.ts'
import { type EventLine, eventLines, holdsManyEvents } from '@carillon/contracts/wire'
import type { TObject, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { UndecodableError } from './poison.ts'
import type { ProjectedEvent } from './projection.ts'

/** An event of a message, or why it cannot be decoded. */
export interface DecodedEvent<E extends ProjectedEvent> {
  /** Its place among the lines of its message; 0 if the message holds this event alone. */
  readonly place: number
  /** Absent if the event is refused. */
  readonly event?: E
  readonly error?: unknown
  /** A message that says this event alone. */
  text(): string
}

/**
 * Decodes a message. Events of types without a schema are left out. An event that does not match the schema of its type has an {@link UndecodableError}.
 */
export type EventDecoder<E extends ProjectedEvent> = (subject: string, data: Uint8Array) => DecodedEvent<E>[]

const utf8 = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()

/** The subject is `<prefix>.<lane>.<type>`: messages of other types need not be parsed. */
function typeOf(subject: string): string {
  return subject.slice(subject.indexOf('.', subject.indexOf('.') + 1) + 1)
}

/** @param schemas Message schemas, each with a literal `type`. */
export function eventDecoder<E extends ProjectedEvent>(schemas: readonly TSchema[]): EventDecoder<E> {
  const checks = new Map<string, TypeCheck<TSchema>>()
  for (const schema of schemas) checks.set(messageType(schema), TypeCompiler.Compile(schema))

  function checkOf(event: unknown): TypeCheck<TSchema> | undefined {
    const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined
    if (typeof type !== 'string') throw new UndecodableError('the event has no type')
    return checks.get(type)
  }

  function alone(check: TypeCheck<TSchema>, data: Uint8Array): DecodedEvent<E>[] {
    const text = () => lenient.decode(data)
    try {
      return [
        {
          place: 0,
          event: checked<E>(
            check,
            parsed(() => JSON.parse(utf8.decode(data))),
          ),
          text,
        },
      ]
    } catch (error) {
      return [{ place: 0, error, text }]
    }
  }

  function many(data: Uint8Array): DecodedEvent<E>[] {
    let lines: EventLine[]
    try {
      lines = eventLines(parsed(() => utf8.decode(data)))
    } catch (error) {
      return [{ place: 0, error, text: () => lenient.decode(data) }]
    }
    return lines.flatMap((line): DecodedEvent<E>[] => {
      const { place } = line
      const text = () => (line.header === '' ? line.line : `${line.header}\n${line.line}`)
      try {
        const event = parsed(() => line.read())
        const check = checkOf(event)
        return check ? [{ place, event: checked<E>(check, event), text }] : []
      } catch (error) {
        return [{ place, error, text }]
      }
    })
  }

  return (subject, data) => {
    if (holdsManyEvents(subject)) return many(data)
    const check = checks.get(typeOf(subject))
    return check ? alone(check, data) : []
  }
}

function checked<E>(check: TypeCheck<TSchema>, event: unknown): E {
  if (check.Check(event)) return event as E
  const error = check.Errors(event).First()
  throw new UndecodableError(`the event does not match its schema: ${error?.path} ${error?.message}`)
}

function parsed<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UndecodableError('the event is not JSON in UTF-8', { cause: error })
  }
}

function messageType(schema: TSchema): string {
  const type: unknown = (schema as TObject).properties?.type?.const
  if (typeof type !== 'string') throw new Error('a message schema needs a literal type')
  return type
}
