import { type Static, Type } from '@sinclair/typebox'
import { PhoneReadingQuery } from './contact.ts'
import { Paginated } from './pagination.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { Name } from './text.ts'

/** Body of `POST /contacts/import`. */
export const ContactFile = Type.String({
  description: 'A CSV file: a line of headers, then a line for each contact. Text in UTF-8, UTF-16 or Windows-1252.',
  examples: ['phone;first name;last name;credit\n0612345678;Amina;Alaoui;1250.5\n+212 661 23 45 67;Youssef;Berrada;900\n'],
})

/** Query of `POST /contacts/import`. */
export const ImportContactsQuery = Type.Object(
  {
    ...PhoneReadingQuery.properties,
    audienceId: Type.Optional(Type.String({ format: 'uuid', description: 'Audience that the file’s contacts are added to' })),
    audienceName: Type.Optional({
      ...Name,
      description: 'Name of the audience that they are added to; it is created if it does not exist',
    }),
  },
  { additionalProperties: false },
)
export type ImportContactsQuery = Static<typeof ImportContactsQuery>

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const Line = Type.Integer({ minimum: 1, description: 'Line of the file on which the row begins; the header is usually line 1' })

/** A row that was not imported. */
export const ImportRejection = Type.Object(
  {
    line: Line,
    reason: Type.String({ description: 'Stable name, e.g. too_short' }),
    message: Type.String({ description: 'The reason, in a sentence for people' }),
    value: Type.String({ description: 'The value in the file, cut to 200 characters' }),
  },
  { $id: 'ImportRejection', description: 'A row of the file that was not imported.' },
)
export type ImportRejection = Static<typeof ImportRejection>

/** A value that was dropped from an imported row. */
export const ImportWarning = Type.Object(
  {
    line: Line,
    column: described(Nullable(Type.String()), 'The column of the value, by its name in the header; null if the whole row is meant'),
    reason: Type.String({ description: 'Stable name of the reason, e.g. too_long' }),
    message: Type.String({ description: 'The reason, in a sentence for people' }),
    value: Type.String({ description: 'The value in the file, cut to 200 characters' }),
  },
  { $id: 'ImportWarning', description: 'A value that was dropped from an imported row.' },
)
export type ImportWarning = Static<typeof ImportWarning>

export const ImportRejectionPage = Paginated(ImportRejection)
export const ImportWarningPage = Paginated(ImportWarning)

const counts = {
  rows: Count('Rows of the file, without its header. The sum of the four counts that follow'),
  created: Count('Rows that made a new contact'),
  updated: Count('Rows that belong to a contact that was there before'),
  duplicates: Count('Rows whose number stands earlier in the file'),
  rejected: Count('Rows that were not imported'),
  warned: Count('Values that were dropped from imported rows'),
}

/** Answer of `POST /contacts/import`. `rows` = `created` + `updated` + `duplicates` + `rejected`. */
export const ImportResult = Type.Object(
  {
    importId: described(Uuid, 'The import’s id'),
    audienceId: Type.Optional(described(Uuid, 'The audience that the contacts joined')),
    ...counts,
    rejections: Type.Array(ImportRejection, { description: 'The first ten thousand rejected rows' }),
    rejectionsTruncated: Type.Boolean({ description: 'There are more than those. `listImportRejections` lists all of them' }),
    warnings: Type.Array(ImportWarning, { description: 'The first ten thousand dropped values' }),
    warningsTruncated: Type.Boolean({ description: 'There are more than those. `listImportWarnings` lists all of them' }),
  },
  { $id: 'ImportResult', description: 'What became of the rows of a file.' },
)
export type ImportResult = Static<typeof ImportResult>

/** Answer of `GET /contacts/imports/:id`: the progress or the result of an import. */
export const ImportProgress = Type.Object(
  {
    importId: described(Uuid, 'The import’s id'),
    audienceId: described(Nullable(Uuid), 'The audience that the contacts join; null for none'),
    status: Type.Union([Type.Literal('running'), Type.Literal('completed'), Type.Literal('failed')], {
      description: '`failed`: the upload broke off. The rows before that are imported',
    }),
    ...counts,
    startedAt: described(Instant, 'When the import began'),
    endedAt: described(Nullable(Instant), 'When it ended; null while it runs'),
  },
  { $id: 'ImportProgress', description: 'The progress of an import, and its result at the end.' },
)
export type ImportProgress = Static<typeof ImportProgress>
