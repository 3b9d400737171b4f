import { type Static, Type } from '@sinclair/typebox'
import { exampleIds } from './example-ids.ts'
import { Paginated } from './pagination.ts'
import { described, Instant, Uuid } from './scalars.ts'
import { Name } from './text.ts'

/** `POST /audiences` */
export const CreateAudienceRequest = Type.Object(
  { name: described(Name, 'The name, at most 200 characters') },
  {
    $id: 'CreateAudienceRequest',
    description: 'A new audience.',
    additionalProperties: false,
    examples: [{ name: 'Customers with a credit' }],
  },
)
export type CreateAudienceRequest = Static<typeof CreateAudienceRequest>

/** `PATCH /audiences/:id` */
export const UpdateAudienceRequest = Type.Object(
  { name: described(Name, 'The new name, at most 200 characters') },
  {
    $id: 'UpdateAudienceRequest',
    description: 'Changes of an audience.',
    additionalProperties: false,
    examples: [{ name: 'Customers in March' }],
  },
)
export type UpdateAudienceRequest = Static<typeof UpdateAudienceRequest>

/** A set of contacts. */
export const Audience = Type.Object(
  {
    id: described(Uuid, 'The audience’s id'),
    name: Type.String({ description: 'The name' }),
    size: Type.Integer({ minimum: 0, description: 'How many contacts are in the audience' }),
    createdAt: described(Instant, 'When the audience was created'),
    updatedAt: described(Instant, 'When the audience was last renamed'),
  },
  { $id: 'Audience', description: 'A named set of contacts.' },
)
export type Audience = Static<typeof Audience>

export const AudiencePage = Paginated(Audience)

/** `POST` and `DELETE /audiences/:id/contacts` */
export const AudienceContactsRequest = Type.Object(
  { contactIds: Type.Array(Uuid, { minItems: 1, maxItems: 10_000, description: 'Ids of 1 to 10 000 contacts' }) },
  {
    $id: 'AudienceContactsRequest',
    description: 'Contacts that join or leave an audience.',
    additionalProperties: false,
    examples: [{ contactIds: [exampleIds.contact] }],
  },
)
export type AudienceContactsRequest = Static<typeof AudienceContactsRequest>

export const AddedContacts = Type.Object(
  {
    added: Type.Integer({ description: 'Contacts that were not in the audience yet' }),
    size: Type.Integer({ description: 'How many contacts are in the audience now' }),
  },
  { $id: 'AddedContacts', description: 'What became of an audience.' },
)
export type AddedContacts = Static<typeof AddedContacts>

export const RemovedContacts = Type.Object(
  {
    removed: Type.Integer({ description: 'Contacts that were in the audience before' }),
    size: Type.Integer({ description: 'How many contacts are in the audience now' }),
  },
  { $id: 'RemovedContacts', description: 'What became of an audience.' },
)
export type RemovedContacts = Static<typeof RemovedContacts>
