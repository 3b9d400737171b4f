import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Country, Instant, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'

const Timezone = Text({ minLength: 1, maxLength: 64, description: 'IANA name', examples: ['Africa/Casablanca'] })

/** A tenant (contract rule 1). Its country is used to read local phone numbers; its time zone applies to programs without one. */
export const Organization = Type.Object(
  { id: Uuid, name: Type.String(), country: Country, timezone: Timezone, createdAt: Instant, updatedAt: Instant },
  { $id: 'Organization' },
)
export type Organization = Static<typeof Organization>

export const OrganizationPage = Paginated(Organization)
export type OrganizationPage = Static<typeof OrganizationPage>

/** `POST /organizations` */
export const CreateOrganizationRequest = Type.Object(
  {
    name: Name,
    country: Country,
    timezone: Type.Optional({ ...Timezone, description: 'IANA name; optional if the whole country has one time zone' }),
  },
  { $id: 'CreateOrganizationRequest', additionalProperties: false },
)
export type CreateOrganizationRequest = Static<typeof CreateOrganizationRequest>

/** `PATCH /organizations/current` */
export const UpdateOrganizationRequest = Type.Object(
  { name: Type.Optional(Name), country: Type.Optional(Country), timezone: Type.Optional(Timezone) },
  { $id: 'UpdateOrganizationRequest', additionalProperties: false, minProperties: 1 },
)
export type UpdateOrganizationRequest = Static<typeof UpdateOrganizationRequest>
