import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Nullable } from './scalars.ts'

/** Where a list goes on. Only the service that made a cursor knows what it holds. */
const Cursor = Type.String({
  minLength: 1,
  maxLength: 400,
  pattern: '^[A-Za-z0-9_-]+$',
  'x-meaning': 'a cursor that an earlier answer gave',
  description: 'Goes on behind the last item of an earlier answer: the cursor that its `Link` header names',
})

/** Query of a list that is a plain array (contract rule 31). */
export const ListQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'At most so many items. Without it the answer holds the whole list' }),
    ),
    cursor: Type.Optional(Cursor),
  },
  { additionalProperties: false },
)
export type ListQuery = Static<typeof ListQuery>

/** Items that can be reached by counting pages. A cursor goes further. */
export const maxPagedItems = 100_000

/** Query of a paged list. The validator adds the limit, so a handler always gets it. */
export const PaginationQuery = Type.Object(
  {
    page: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000_000,
        description: `Number of the page; 1 when absent. page × limit is at most ${maxPagedItems}: a cursor goes further. Not together with cursor`,
      }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20, description: 'At most so many items a page' }),
    cursor: Type.Optional(Cursor),
  },
  { additionalProperties: false },
)
export type PaginationQuery = Static<typeof PaginationQuery>

export const PaginationMeta = Type.Object({
  page: Type.Integer({ description: 'Number of the page; with a cursor, pages are counted from where the first cursor came from' }),
  limit: Type.Integer({ description: 'Items that the page may hold' }),
  total: Type.Integer({ description: 'Items of the whole list at this moment' }),
  totalPages: Type.Integer({ description: 'Pages of that limit that the whole list fills' }),
  nextCursor: Nullable(Type.String({ description: 'The `cursor` of the next page; null on the last one' })),
})
export type PaginationMeta = Static<typeof PaginationMeta>

/** One page of a list. */
export const Paginated = <T extends TSchema>(item: T) => Type.Object({ data: Type.Array(item), meta: PaginationMeta })
