import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Variables } from './scalars.ts'

/** One line of `GET /internal/audiences/:audienceId/contacts` (NDJSON, ordered by id): a contact at the time of the launch. */
export const SnapshotContact = Type.Object({
  id: Type.String(),
  phone: Type.String({ description: 'E.164, or an extension of the trunk' }),
  firstName: Nullable(Type.String()),
  lastName: Nullable(Type.String()),
  attributes: Variables,
})
export type SnapshotContact = Static<typeof SnapshotContact>
