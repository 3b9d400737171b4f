import { type Static, Type } from '@sinclair/typebox'
import { Paginated } from './pagination.ts'
import { Country, described, Instant, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'

const Timezone = Text({ minLength: 1, maxLength: 64, description: 'IANA name', examples: ['Africa/Casablanca'] })

/** A tenant (contract rule 1). Its country is used to read local phone numbers; its time zone applies to programs without one. */
export const Organization = Type.Object(
  {
    id: described(Uuid, 'The organization’s id'),
    name: Type.String({ description: 'The name' }),
    country: described(Country, 'The country in which local phone numbers are read (ISO 3166-1, two capital letters)'),
    timezone: described(Timezone, 'The time zone of programs that have none (IANA name)'),
    createdAt: described(Instant, 'When the organization was created'),
    updatedAt: described(Instant, 'When the organization was last changed'),
  },
  { $id: 'Organization', description: 'A tenant of the platform.' },
)
export type Organization = Static<typeof Organization>

export const OrganizationPage = Paginated(Organization)
export type OrganizationPage = Static<typeof OrganizationPage>

/** `POST /organizations` */
export const CreateOrganizationRequest = Type.Object(
  {
    name: described(Name, 'The name, at most 200 characters'),
    country: described(Country, 'The country in which local phone numbers are read (ISO 3166-1, two capital letters)'),
    timezone: Type.Optional({ ...Timezone, description: 'IANA name; optional if the whole country has one time zone' }),
  },
  {
    $id: 'CreateOrganizationRequest',
    description: 'A new organization.',
    additionalProperties: false,
    examples: [{ name: 'Atlas Assurance', country: 'MA' }],
  },
)
export type CreateOrganizationRequest = Static<typeof CreateOrganizationRequest>

/** `PATCH /organizations/current` */
export const UpdateOrganizationRequest = Type.Object(
  {
    name: Type.Optional(described(Name, 'The name, at most 200 characters')),
    country: Type.Optional(Country),
    timezone: Type.Optional(Timezone),
  },
  {
    $id: 'UpdateOrganizationRequest',
    description: 'Changes of an organization.',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ timezone: 'Africa/Casablanca' }],
  },
)
export type UpdateOrganizationRequest = Static<typeof UpdateOrganizationRequest>
