import { type Static, Type } from '@sinclair/typebox'
import { exampleIds } from './example-ids.ts'
import { ContactStatus } from './execution.ts'
import { Paginated, PaginationQuery } from './pagination.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'

const statusMeanings =
  '`pending`: waits for its first call. `queued`: a call is ordered. `calling`: a call goes on. `pending_retry`: waits for a retry. `completed`: was reached. ' +
  '`failed`: was not reached and is not called again. `skipped`: is not called'

export const ExecutionContactsQuery = Type.Object(
  {
    ...PaginationQuery.properties,
    status: Type.Optional(described(ContactStatus, 'Only contacts in this status')),
    search: Type.Optional(
      Type.String({
        maxLength: 16,
        pattern: '^\\+?[0-9]{1,15}$',
        'x-meaning': 'the first digits of a number',
        examples: ['+2126'],
        description: 'Only contacts whose number begins with this, as it was at the launch',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ExecutionContactsQuery = Static<typeof ExecutionContactsQuery>

/** Why a contact is not called. `do_not_call`: its number is in the do-not-call list. `calling_hours`: they never let it be called. `operator`: somebody skipped it. */
export const skipReasons = ['do_not_call', 'calling_hours', 'execution_ended', 'operator'] as const
export type SkipReason = (typeof skipReasons)[number]

/** One contact of `GET /program-executions/:id/contacts` */
export const ExecutionContact = Type.Object(
  {
    contactId: described(Uuid, 'The contact’s id'),
    phone: Type.String({ description: 'Its number at the launch: E.164, or an extension of the trunk' }),
    firstName: described(Nullable(Type.String()), 'Its first name at the launch'),
    lastName: described(Nullable(Type.String()), 'Its last name at the launch'),
    status: described(ContactStatus, statusMeanings),
    skipReason: described(
      Nullable(Type.Union(skipReasons.map((reason) => Type.Literal(reason)))),
      'Why a skipped contact is not called; null for all others. `do_not_call`: its number is in the do-not-call list. `calling_hours`: they leave no time at ' +
        'which it may be called. `execution_ended`: the execution ended first. `operator`: it was skipped by a request',
    ),
    attempts: Type.Integer({ minimum: 0, description: 'Calls that were ordered for it, without those that were never dialed' }),
    dueAt: described(Nullable(Instant), 'From when on it may be called next; null if it does not wait for a call'),
    lastCallId: described(Nullable(Uuid), 'Its last call, see `getCallReport`; null if it has none'),
    from: described(Nullable(Type.String()), 'The number that its calls are made from; null before the first'),
  },
  { $id: 'ExecutionContact', description: 'A contact of an execution, and how far it has come.' },
)
export type ExecutionContact = Static<typeof ExecutionContact>

export const ExecutionContactPage = Paginated(ExecutionContact)
export type ExecutionContactPage = Static<typeof ExecutionContactPage>

/** `POST /program-executions/:id/contacts` */
export const AddExecutionContactsRequest = Type.Object(
  { contactIds: Type.Array(Uuid, { minItems: 1, maxItems: 1_000, description: 'Ids of 1 to 1 000 contacts' }) },
  {
    $id: 'AddExecutionContactsRequest',
    description: 'Contacts that join an execution.',
    additionalProperties: false,
    examples: [{ contactIds: [exampleIds.contact] }],
  },
)
export type AddExecutionContactsRequest = Static<typeof AddExecutionContactsRequest>

export const AddedExecutionContacts = Type.Object(
  {
    added: Type.Integer({ description: 'Contacts that were not in the execution yet, and wait for their first call now' }),
    totalContacts: Type.Integer({ description: 'Contacts of the execution now' }),
  },
  { $id: 'AddedExecutionContacts', description: 'What became of contacts that join an execution.' },
)
export type AddedExecutionContacts = Static<typeof AddedExecutionContacts>
