import { type Static, Type } from '@sinclair/typebox'
import { PhoneReadingQuery } from './contact.ts'
import { Paginated } from './pagination.ts'
import { Instant, Nullable, Uuid } from './scalars.ts'
import { Name } from './text.ts'

/** `POST /contacts/import`; the body is the file. */
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

const Count = Type.Integer({ minimum: 0 })
const Line = Type.Integer({ minimum: 1, description: 'Line of the file on which the row begins; the header is usually line 1' })

/** A row that was not imported. */
export const ImportRejection = Type.Object(
  {
    line: Line,
    reason: Type.String({ description: 'Stable name, e.g. too_short' }),
    message: Type.String(),
    value: Type.String({ description: 'The value in the file, cut to 200 characters' }),
  },
  { $id: 'ImportRejection' },
)
export type ImportRejection = Static<typeof ImportRejection>

/** A value that was dropped from an imported row. */
export const ImportWarning = Type.Object(
  { line: Line, column: Nullable(Type.String()), reason: Type.String(), message: Type.String(), value: Type.String() },
  { $id: 'ImportWarning' },
)
export type ImportWarning = Static<typeof ImportWarning>

export const ImportRejectionPage = Paginated(ImportRejection)
export const ImportWarningPage = Paginated(ImportWarning)

const counts = { rows: Count, created: Count, updated: Count, duplicates: Count, rejected: Count, warned: Count }

/** Answer of `POST /contacts/import`. `rows` = `created` + `updated` + `duplicates` + `rejected`. */
export const ImportResult = Type.Object(
  {
    importId: Uuid,
    audienceId: Type.Optional(Uuid),
    ...counts,
    rejections: Type.Array(ImportRejection),
    rejectionsTruncated: Type.Boolean(),
    warnings: Type.Array(ImportWarning),
    warningsTruncated: Type.Boolean(),
  },
  { $id: 'ImportResult' },
)
export type ImportResult = Static<typeof ImportResult>

/** Answer of `GET /contacts/imports/:id`: the progress or the result of an import. */
export const ImportProgress = Type.Object(
  {
    importId: Uuid,
    audienceId: Nullable(Uuid),
    status: Type.Union([Type.Literal('running'), Type.Literal('completed'), Type.Literal('failed')]),
    ...counts,
    startedAt: Instant,
    endedAt: Nullable(Instant),
  },
  { $id: 'ImportProgress' },
)
export type ImportProgress = Static<typeof ImportProgress>
