import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Instant, Uuid } from './scalars.ts'
import { Name } from './text.ts'

/** `POST /audiences` */
export const CreateAudienceRequest = Type.Object({ name: Name }, { $id: 'CreateAudienceRequest', additionalProperties: false })
export type CreateAudienceRequest = Static<typeof CreateAudienceRequest>

/** `PATCH /audiences/:id` */
export const UpdateAudienceRequest = Type.Object({ name: Name }, { $id: 'UpdateAudienceRequest', additionalProperties: false })
export type UpdateAudienceRequest = Static<typeof UpdateAudienceRequest>

/** A set of contacts. */
export const Audience = Type.Object(
  { id: Uuid, name: Type.String(), size: Type.Integer({ minimum: 0 }), createdAt: Instant, updatedAt: Instant },
  { $id: 'Audience' },
)
export type Audience = Static<typeof Audience>

export const AudiencePage = Paginated(Audience)

/** `POST` and `DELETE /audiences/:id/contacts` */
export const AudienceContactsRequest = Type.Object(
  { contactIds: Type.Array(Uuid, { minItems: 1, maxItems: 10_000 }) },
  { $id: 'AudienceContactsRequest', additionalProperties: false },
)
export type AudienceContactsRequest = Static<typeof AudienceContactsRequest>

export const AddedContacts = Type.Object(
  { added: Type.Integer({ description: 'Those that were not in the audience yet' }), size: Type.Integer() },
  { $id: 'AddedContacts' },
)
export type AddedContacts = Static<typeof AddedContacts>

export const RemovedContacts = Type.Object({ removed: Type.Integer(), size: Type.Integer() }, { $id: 'RemovedContacts' })
export type RemovedContacts = Static<typeof RemovedContacts>
