import { type Static, Type } from '@sinclair/typebox'
import { message } from './envelope.ts'
import { Nullable } from './scalars.ts'

/*
 * Changes of an organization's do-not-call list, on `PROGRAMS`. The lane key is the organization's id, so that all changes of its list stay in order.
 */

/** Entries of one event at most: an import tells of a batch at once. */
export const maxDncEntriesPerEvent = 1_000

/** Numbers that are in the list from now on, or have another expiry. `expiresAt` null: until they are removed. */
export const DncAdded = message(
  'dnc.added',
  Type.Object({
    entries: Type.Array(Type.Object({ phone: Type.String(), expiresAt: Nullable(Type.String()) }), { maxItems: maxDncEntriesPerEvent }),
  }),
)
export type DncAdded = Static<typeof DncAdded>

/** Numbers that are no longer in the list. */
export const DncRemoved = message('dnc.removed', Type.Object({ phones: Type.Array(Type.String(), { maxItems: maxDncEntriesPerEvent }) }))
export type DncRemoved = Static<typeof DncRemoved>
