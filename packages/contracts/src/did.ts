import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Country, Instant, Nullable, Uuid } from './scalars.ts'
import { Text } from './text.ts'

export const DidStatus = Type.Union([Type.Literal('active'), Type.Literal('inactive')])
export type DidStatus = Static<typeof DidStatus>

/** `POST /dids` */
export const CreateDidRequest = Type.Object(
  {
    number: Text({ minLength: 1, maxLength: 64, description: 'Local or international form' }),
    country: Type.Optional(Country),
    platformWide: Type.Optional(Type.Boolean({ description: 'Every organization may use it; needs the role platform_admin' })),
  },
  { $id: 'CreateDidRequest', additionalProperties: false },
)
export type CreateDidRequest = Static<typeof CreateDidRequest>

/** `PATCH /dids/:id` */
export const UpdateDidRequest = Type.Object({ status: DidStatus }, { $id: 'UpdateDidRequest', additionalProperties: false })
export type UpdateDidRequest = Static<typeof UpdateDidRequest>

/** A number that calls are made from. `organizationId` is null if every organization may use it. */
export const Did = Type.Object(
  {
    id: Uuid,
    organizationId: Nullable(Uuid),
    number: Type.String({ description: 'E.164' }),
    country: Country,
    status: DidStatus,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Did' },
)
export type Did = Static<typeof Did>

export const DidPage = Paginated(Did)
