import { type Static, type TArray, type TInteger, type TSchema, Type } from '@sinclair/typebox'
import { acceptsNull } from './optional-null.ts'
import { Outcome } from './outcome.ts'
import { described, Instant } from './scalars.ts'

const retryOn = Type.Optional(
  Type.Array(Outcome, { maxItems: 6, uniqueItems: true, description: 'Outcomes that are retried; if absent, all except `completed`' }),
)

/** The outcomes that can be retried. */
export const retriableOutcomes = ['no_answer', 'busy', 'rejected', 'failed', 'voicemail'] as const satisfies readonly Outcome[]

function delayByOutcome<D extends TSchema>(prefix: string, delayMinutes: D) {
  const delay = (outcome: Outcome) =>
    Type.Optional(described(delayMinutes, `Minutes from the end of a call with the outcome \`${outcome}\``))
  return Type.Optional(
    Type.Object(
      {
        no_answer: delay('no_answer'),
        busy: delay('busy'),
        rejected: delay('rejected'),
        failed: delay('failed'),
        voicemail: delay('voicemail'),
      },
      {
        additionalProperties: false,
        'x-schema': `${prefix}DelayByOutcome`,
        description: 'Other delays after some outcomes, in minutes. After an outcome that is absent here, `delayMinutes` counts',
      },
    ),
  )
}

interface RetryBounds<D extends TSchema> {
  /** The prefix of the names in the OpenAPI document. */
  prefix: string
  delayMinutes: D
  maxRetries: TInteger
  retryDates: TArray<typeof Instant>
}

const retryStrategies = <D extends TSchema>({ prefix, delayMinutes, maxRetries, retryDates }: RetryBounds<D>) =>
  Type.Union(
    [
      Type.Object(
        { type: Type.Literal('none', { description: 'No contact is called again' }), retryOn },
        { additionalProperties: false, 'x-schema': `${prefix}NoRetries`, description: 'No contact is called again.' },
      ),
      Type.Object(
        {
          type: Type.Literal('fixed_delay', { description: 'A contact is called again after a delay' }),
          delayMinutes: described(delayMinutes, 'Minutes from the end of the failed call to the next one'),
          maxRetries: described(maxRetries, 'How often a contact is called again at most'),
          retryOn,
          delayByOutcome: delayByOutcome(prefix, delayMinutes),
        },
        { additionalProperties: false, 'x-schema': `${prefix}FixedDelayRetries`, description: 'A contact is called again after a delay.' },
      ),
      Type.Object(
        {
          type: Type.Literal('scheduled', { description: 'Contacts are called again at given instants' }),
          retryDates: described(
            retryDates,
            'At each of these instants, contacts that were not reached are called again. Ascending; one at least lies ahead when the program is created. Dates that have passed when a call fails are skipped',
          ),
          retryOn,
        },
        {
          additionalProperties: false,
          'x-schema': `${prefix}ScheduledRetries`,
          description: 'Contacts are called again at given instants.',
        },
      ),
    ],
    { 'x-schema': `${prefix}RetryStrategy`, description: 'When a contact is called again that was not reached.' },
  )

/** When to call a contact again that was not reached. */
export const RetryStrategy = retryStrategies({
  prefix: '',
  delayMinutes: Type.Number({ minimum: 0, maximum: 525_600 }),
  maxRetries: Type.Integer({ minimum: 0, maximum: 100 }),
  retryDates: Type.Array(Instant, { maxItems: 100 }),
})
export type RetryStrategy = Static<typeof RetryStrategy>

/** The same in a request (contract rules 28 and 29). What is stored may be older than these bounds. */
export const RetryStrategyInput = acceptsNull(
  retryStrategies({
    prefix: 'New',
    delayMinutes: Type.Integer({ minimum: 1, maximum: 43_200 }),
    maxRetries: Type.Integer({ minimum: 0, maximum: 20 }),
    retryDates: Type.Array(Instant, { minItems: 1, maxItems: 50 }),
  }),
)
export type RetryStrategyInput = Static<typeof RetryStrategyInput>
