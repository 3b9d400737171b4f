import { type Static, Type } from '@sinclair/typebox'
import { Instant, Nullable, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'

export const attributeTypes = ['text', 'number', 'boolean', 'date'] as const
export type AttributeType = (typeof attributeTypes)[number]
export const AttributeType = Type.Union(attributeTypes.map((type) => Type.Literal(type)))

/** `POST /custom-attributes` */
export const CreateCustomAttributeRequest = Type.Object(
  {
    displayName: Name,
    slug: Type.Optional(Nullable(Text({ minLength: 1, maxLength: 64, description: 'Derived from the display name if absent' }))),
    type: AttributeType,
  },
  { $id: 'CreateCustomAttributeRequest', additionalProperties: false },
)
export type CreateCustomAttributeRequest = Static<typeof CreateCustomAttributeRequest>

/** A field of contacts besides phone and name. Flows read it as `contact.customAttributes.<slug>`. */
export const CustomAttribute = Type.Object(
  { id: Uuid, slug: Type.String(), displayName: Type.String(), type: AttributeType, createdAt: Instant },
  { $id: 'CustomAttribute' },
)
export type CustomAttribute = Static<typeof CustomAttribute>
