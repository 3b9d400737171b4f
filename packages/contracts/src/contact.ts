import { type Static, Type } from '@sinclair/typebox'
import { Paginated, PaginationQuery } from './pagination.ts'
import { Country, Instant, Nullable, Uuid, Variables } from './scalars.ts'
import { Text } from './text.ts'

/** Maximum length of a first or last name and of a text attribute, in characters. A flow variable holds no longer text. */
export const maxNameLength = 200
export const maxAttributeLength = 2_000
/** Maximum size of all attributes of a contact, as JSON in UTF-8. They travel with each dial order. */
export const maxAttributesBytes = 65_536

const Phone = Text({
  minLength: 1,
  maxLength: 64,
  description: 'Local or international form; local numbers are read in the organization’s country',
})
const PersonName = Text({ maxLength: maxNameLength })

// The type of the attribute decides on the value. This bound only keeps the work small.
const AttributeValue = Type.Union([Type.String({ maxLength: 5 * maxAttributeLength }), Type.Number(), Type.Boolean(), Type.Null()])

/** Values by the slug of a custom attribute, each of the attribute's type; `null` clears a value. */
const Attributes = Type.Record(Type.String(), AttributeValue, {
  maxProperties: 500,
  description: 'Values by the slug of a custom attribute; 65 536 bytes of JSON at most',
})

/** Answer of every `/contacts` route. */
export const Contact = Type.Object(
  {
    id: Uuid,
    phone: Type.String({ description: 'E.164, or an extension of the trunk' }),
    firstName: Nullable(Type.String()),
    lastName: Nullable(Type.String()),
    attributes: Variables,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Contact' },
)
export type Contact = Static<typeof Contact>

export const ContactPage = Paginated(Contact)

/** `POST /contacts` */
export const CreateContactRequest = Type.Object(
  {
    phone: Phone,
    firstName: Type.Optional(Nullable(PersonName)),
    lastName: Type.Optional(Nullable(PersonName)),
    attributes: Type.Optional(Attributes),
  },
  { $id: 'CreateContactRequest', additionalProperties: false },
)
export type CreateContactRequest = Static<typeof CreateContactRequest>

/** `PATCH /contacts/:id`; attributes that are not named do not change. */
export const UpdateContactRequest = Type.Object(
  {
    phone: Type.Optional(Phone),
    firstName: Type.Optional(Nullable(PersonName)),
    lastName: Type.Optional(Nullable(PersonName)),
    attributes: Type.Optional(Attributes),
  },
  { $id: 'UpdateContactRequest', additionalProperties: false, minProperties: 1 },
)
export type UpdateContactRequest = Static<typeof UpdateContactRequest>

/** How phone numbers in a request are read. */
export const PhoneReadingQuery = Type.Object(
  {
    country: Type.Optional(Country),
    extensions: Type.Optional(Type.Boolean({ description: 'Also accept extensions of the trunk (4 to 6 digits)' })),
  },
  { additionalProperties: false },
)
export type PhoneReadingQuery = Static<typeof PhoneReadingQuery>

/** `GET /contacts` */
export const ListContactsQuery = Type.Object(
  {
    ...PaginationQuery.properties,
    search: Type.Optional(Text({ minLength: 1, maxLength: 100, description: 'Part of the phone number or of the name' })),
  },
  { additionalProperties: false },
)
/** As a client sends it: parameters with a default are optional. */
export type ListContactsQuery = Partial<Static<typeof ListContactsQuery>>
