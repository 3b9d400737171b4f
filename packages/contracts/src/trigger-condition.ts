import { type Static, Type } from '@sinclair/typebox'
import { Text } from './text.ts'

/** A date attribute of a contact triggers its call. */
export const TriggerCondition = Type.Object(
  {
    type: Type.Literal('date', { description: 'The trigger is a date' }),
    attributeName: Text({ minLength: 1, maxLength: 64, description: 'The slug of a custom attribute of the type `date`' }),
    direction: Type.Union([Type.Literal('before'), Type.Literal('after')], {
      description: 'Whether the call is made before or after the date',
    }),
    offset: Type.Object(
      {
        days: Type.Integer({ minimum: 0, maximum: 36_500, description: 'Days of the offset' }),
        hours: Type.Integer({ minimum: 0, maximum: 23, description: 'Hours of the offset, besides the days' }),
        minutes: Type.Integer({ minimum: 0, maximum: 59, description: 'Minutes of the offset, besides the hours' }),
      },
      { additionalProperties: false, description: 'How long before or after the date' },
    ),
  },
  {
    'x-schema': 'TriggerCondition',
    description:
      'A date attribute of a contact triggers its call. A date without a time is the start of that day in the program’s time zone.',
    additionalProperties: false,
  },
)
export type TriggerCondition = Static<typeof TriggerCondition>
