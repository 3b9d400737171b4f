import { type Static, Type } from '@sinclair/typebox'
import { acceptsNull } from './optional-null.ts'
import { Paginated } from './pagination.ts'
import { CallingHours, Pacing } from './program.ts'
import { Country, described, Instant, Nullable, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'

const Timezone = Text({ minLength: 1, maxLength: 64, description: 'IANA name', examples: ['Africa/Casablanca'] })

/** Defaults of programs and call requests (contract rule 19). `null`: not set. */
const defaults = {
  callingHours: Type.Optional(
    described(
      Nullable(acceptsNull(CallingHours)),
      'When contacts may be called, for programs and call requests that have no calling hours',
    ),
  ),
  pacing: Type.Optional(described(Nullable(acceptsNull(Pacing)), 'How fast executions call, for what their program does not say')),
  amd: Type.Optional(
    described(
      Nullable(Type.Boolean()),
      'Tell humans from answering machines on every dial node, where program and call request do not say',
    ),
  ),
}

/** A tenant (contract rule 1). Its country is used to read local phone numbers; its time zone applies to programs without one. */
export const Organization = Type.Object(
  {
    id: described(Uuid, 'The organization’s id'),
    name: Type.String({ description: 'The name' }),
    country: described(Country, 'The country in which local phone numbers are read (ISO 3166-1, two capital letters)'),
    timezone: described(Timezone, 'The time zone of programs that have none (IANA name)'),
    callingHours: described(
      Nullable(CallingHours),
      'When contacts may be called, for programs and call requests that have no calling hours; null for any time',
    ),
    pacing: described(Nullable(Pacing), 'How fast executions call, for what their program does not say; null for the platform’s default'),
    amd: described(
      Nullable(Type.Boolean()),
      'Whether humans are told from answering machines, where program and call request do not say; null: as the flow says',
    ),
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
    ...defaults,
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
    ...defaults,
  },
  {
    $id: 'UpdateOrganizationRequest',
    description: 'Changes of an organization.',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ timezone: 'Africa/Casablanca', pacing: { maxConcurrentCalls: 200 } }],
  },
)
export type UpdateOrganizationRequest = Static<typeof UpdateOrganizationRequest>
