import { type Static, Type } from '@sinclair/typebox'
import { PhoneReadingQuery } from './contact.ts'
import { ImportRejection } from './contact-import.ts'
import { Paginated, PaginationQuery } from './pagination.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { Text } from './text.ts'

/** Maximum length of the reason of an entry, in characters. */
export const maxDncReasonLength = 500

/** Answer of every `/dnc` route about one entry. */
export const DncEntry = Type.Object(
  {
    id: described(Uuid, 'The entry’s id'),
    phone: Type.String({
      description: 'The number that must not be called, in international form (E.164), or an extension of the trunk',
      examples: ['+212661223344'],
    }),
    reason: described(Nullable(Type.String()), 'Why the number must not be called'),
    source: Type.String({ description: 'Where the entry came from: `api`, `import`, or what the request said' }),
    expiresAt: described(Nullable(Instant), 'From when on the entry no longer counts; null: it counts until it is deleted'),
    createdAt: described(Instant, 'When the number first entered the list'),
  },
  { $id: 'DncEntry', description: 'A number that the organization must not call.' },
)
export type DncEntry = Static<typeof DncEntry>

export const DncEntryPage = Paginated(DncEntry)

/** `POST /dnc` */
export const CreateDncEntryRequest = Type.Object(
  {
    phone: Text({
      minLength: 1,
      maxLength: 64,
      description:
        'The phone number, in local or international form. A local one is read in the country of the query, or else in the organization’s',
      examples: ['0661223344'],
    }),
    reason: Type.Optional(
      described(Nullable(Text({ maxLength: maxDncReasonLength })), 'Why the number must not be called, at most 500 characters'),
    ),
    source: Type.Optional(
      described(Nullable(Text({ maxLength: 100 })), 'Where the entry comes from, such as the name of a system; `api` when absent'),
    ),
    expiresAt: Type.Optional(described(Nullable(Instant), 'From when on the entry no longer counts; it counts for ever when absent')),
  },
  {
    $id: 'CreateDncEntryRequest',
    description: 'A number that must not be called.',
    additionalProperties: false,
    examples: [{ phone: '0661223344', reason: 'Asked not to be called again', expiresAt: '2027-03-01T00:00:00Z' }],
  },
)
export type CreateDncEntryRequest = Static<typeof CreateDncEntryRequest>

/** `GET /dnc` */
export const ListDncEntriesQuery = Type.Object(
  {
    ...PaginationQuery.properties,
    search: Type.Optional(
      Type.String({
        maxLength: 16,
        pattern: '^\\+?[0-9]{1,15}$',
        'x-meaning': 'the first digits of a number',
        examples: ['+2126'],
        description: 'Only entries whose number begins with this; the plus may be left out',
      }),
    ),
  },
  { additionalProperties: false },
)
/** As a client sends it: parameters with a default are optional. */
export type ListDncEntriesQuery = Partial<Static<typeof ListDncEntriesQuery>>

/** Body of `POST /dnc/import`. */
export const DncFile = Type.String({
  description:
    'A CSV file: a line of headers, then a line for each number. The column `phone` is required, `reason` and `expiresAt` are optional; others are ignored. Text in UTF-8, UTF-16 or Windows-1252.',
  examples: ['phone;reason;expiresAt\n0661223344;Asked by letter;\n+212 661 23 45 67;;2027-03-01T00:00:00Z\n'],
})

/** Query of `POST /dnc/import`. */
export const ImportDncQuery = Type.Object({ ...PhoneReadingQuery.properties }, { additionalProperties: false })
export type ImportDncQuery = Static<typeof ImportDncQuery>

const Count = (description: string) => Type.Integer({ minimum: 0, description })

/** Answer of `POST /dnc/import`. `rows` = `added` + `updated` + `rejected`. */
export const DncImportResult = Type.Object(
  {
    rows: Count('Rows of the file, without its header. The sum of the three counts that follow'),
    added: Count('Rows that made a new entry'),
    updated: Count('Rows whose number was in the list already, or stands in the file twice: the last row counts'),
    rejected: Count('Rows that were not imported'),
    rejections: Type.Array(ImportRejection, { description: 'The first thousand rejected rows' }),
    rejectionsTruncated: Type.Boolean({ description: 'There are more than those' }),
  },
  { $id: 'DncImportResult', description: 'What became of the rows of a file.' },
)
export type DncImportResult = Static<typeof DncImportResult>
