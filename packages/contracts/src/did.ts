import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Country, described, Instant, Nullable, Uuid } from './scalars.ts'
import { Text } from './text.ts'

export const DidStatus = Type.Union([Type.Literal('active'), Type.Literal('inactive')], {
  description: 'New calls are made from active DIDs only',
})
export type DidStatus = Static<typeof DidStatus>

/** `POST /dids` */
export const CreateDidRequest = Type.Object(
  {
    number: Text({ minLength: 1, maxLength: 64, description: 'The phone number, in local or international form' }),
    country: Type.Optional(
      described(Country, 'The country in which a local number is read (ISO 3166-1, two capital letters); absent, the organization’s'),
    ),
    platformWide: Type.Optional(Type.Boolean({ description: 'Every organization may use it; needs the role platform_admin' })),
  },
  {
    $id: 'CreateDidRequest',
    description: 'A new DID.',
    additionalProperties: false,
    examples: [{ number: '+212520123456' }],
  },
)
export type CreateDidRequest = Static<typeof CreateDidRequest>

/** `PATCH /dids/:id` */
export const UpdateDidRequest = Type.Object(
  { status: DidStatus },
  { $id: 'UpdateDidRequest', description: 'Changes of a DID.', additionalProperties: false, examples: [{ status: 'active' }] },
)
export type UpdateDidRequest = Static<typeof UpdateDidRequest>

/** A number that calls are made from. `organizationId` is null if every organization may use it. */
export const Did = Type.Object(
  {
    id: described(Uuid, 'The DID’s id'),
    organizationId: described(Nullable(Uuid), 'The organization that it belongs to; null if every organization may use it'),
    number: Type.String({ description: 'The number in international form (E.164)', examples: ['+212520123456'] }),
    country: Country,
    status: DidStatus,
    createdAt: described(Instant, 'When the DID was added'),
    updatedAt: described(Instant, 'When the DID was last changed'),
  },
  { $id: 'Did', description: 'A number that calls are made from.' },
)
export type Did = Static<typeof Did>

export const DidPage = Paginated(Did)

export const DidPoolItem = Type.Object(
  {
    id: described(Uuid, 'The DID’s id'),
    number: Type.String({ description: 'The number in international form (E.164)' }),
    country: Type.String({ description: 'The country of the number (ISO 3166-1, two capital letters)' }),
  },
  { 'x-schema': 'DidPoolItem', description: 'A DID of a pool.' },
)
export type DidPoolItem = Static<typeof DidPoolItem>
