import { type Static, type TLiteral, type TObject, type TProperties, Type } from '@sinclair/typebox'
import { Nullable, Uuid } from './scalars.ts'

/** The fields of every message. `id` is also its `Nats-Msg-Id`: a message that is published again has the same id. */
const header = {
  id: Type.String(),
  version: Type.Literal(1),
  organizationId: Uuid,
  /** When it happened, by the platform's clock: ISO 8601 in UTC with milliseconds. */
  time: Type.String(),
  /** The same for all messages that one request or one execution has caused. */
  correlationId: Type.String(),
  /** Id of the message or request that caused this one. */
  causationId: Nullable(Type.String()),
}

/** The schema of one message type. */
export function message<T extends string, D extends TProperties>(type: T, data: TObject<D>) {
  return Type.Object({ ...header, type: Type.Literal(type) as TLiteral<T>, data })
}

export const Message = Type.Object({ ...header, type: Type.String(), data: Type.Unknown() })
/** A message of any type. */
export type Message = Static<typeof Message>
