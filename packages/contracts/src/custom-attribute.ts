import { type Static, Type } from '@sinclair/typebox'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'

export const attributeTypes = ['text', 'number', 'boolean', 'date'] as const
export type AttributeType = (typeof attributeTypes)[number]
export const AttributeType = Type.Union(
  attributeTypes.map((type) => Type.Literal(type)),
  { description: 'What values are: a text of at most 2000 characters, a number, `true` or `false`, or a date as `YYYY-MM-DD`' },
)

/** `POST /custom-attributes` */
export const CreateCustomAttributeRequest = Type.Object(
  {
    displayName: described(Name, 'How people call the attribute, at most 200 characters'),
    slug: Type.Optional(
      described(
        Nullable(Text({ minLength: 1, maxLength: 64 })),
        'How flows and requests name the attribute: letters, digits, _ and -, at most 64. Derived from the display name if absent',
      ),
    ),
    type: AttributeType,
  },
  {
    $id: 'CreateCustomAttributeRequest',
    description: 'A new custom attribute.',
    additionalProperties: false,
    examples: [{ displayName: 'Credit', slug: 'credit', type: 'number' }],
  },
)
export type CreateCustomAttributeRequest = Static<typeof CreateCustomAttributeRequest>

/** A field of contacts besides phone and name. Flows read it as `contact.customAttributes.<slug>`. */
export const CustomAttribute = Type.Object(
  {
    id: described(Uuid, 'The attribute’s id'),
    slug: Type.String({ description: 'How flows and requests name the attribute', examples: ['credit'] }),
    displayName: Type.String({ description: 'How people call the attribute', examples: ['Credit'] }),
    type: AttributeType,
    createdAt: described(Instant, 'When the attribute was created'),
  },
  { $id: 'CustomAttribute', description: 'A field of contacts besides phone and name.' },
)
export type CustomAttribute = Static<typeof CustomAttribute>
