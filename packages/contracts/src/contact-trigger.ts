import { type Static, Type } from '@sinclair/typebox'
import { ListQuery } from './pagination.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'

export const ContactTriggerStatus = Type.Union([Type.Literal('pending'), Type.Literal('triggered'), Type.Literal('cancelled')], {
  description:
    '`pending`: the contact is called at `triggerAt`. `triggered`: it has joined the execution. `cancelled`: the date was cleared or the execution ended',
})
export type ContactTriggerStatus = Static<typeof ContactTriggerStatus>

/** When a live program calls a contact. */
export const ContactTrigger = Type.Object(
  {
    id: described(Uuid, 'The trigger’s id'),
    contactId: described(Uuid, 'The contact that is called'),
    contactName: Nullable(Type.String({ description: 'First and last name; null if the contact has none' })),
    contactPhone: Type.String({ description: 'The number, in international form' }),
    triggerAt: described(Instant, 'When the trigger is due'),
    attributeValue: Type.String({ description: 'The date that it was computed from, as the contact has it: a day or an instant' }),
    status: ContactTriggerStatus,
    triggeredAt: described(Nullable(Instant), 'When the contact joined the execution; null if it has not'),
    createdAt: described(Instant, 'When the trigger was made'),
  },
  { $id: 'ContactTrigger', description: 'When a live program calls a contact.' },
)
export type ContactTrigger = Static<typeof ContactTrigger>

/** `GET /programs/:id/triggers` */
export const ListTriggersQuery = Type.Object({
  ...ListQuery.properties,
  status: Type.Optional(ContactTriggerStatus),
})
export type ListTriggersQuery = Static<typeof ListTriggersQuery>
