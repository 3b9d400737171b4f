import { type Static, type TSchema, Type } from '@sinclair/typebox'

/** Query of a paged list. The validator adds the defaults, so a handler always gets both. */
export const PaginationQuery = Type.Object(
  {
    page: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20 }),
  },
  { additionalProperties: false },
)
export type PaginationQuery = Static<typeof PaginationQuery>

export const PaginationMeta = Type.Object({
  page: Type.Integer(),
  limit: Type.Integer(),
  total: Type.Integer(),
  totalPages: Type.Integer(),
})
export type PaginationMeta = Static<typeof PaginationMeta>

/** One page of a list. */
export const Paginated = <T extends TSchema>(item: T) => Type.Object({ data: Type.Array(item), meta: PaginationMeta })

/** The `meta` of a page: `totalPages` is 0 for an empty list. */
export function paginationMeta(page: number, limit: number, total: number): PaginationMeta {
  return { page, limit, total, totalPages: Math.ceil(total / limit) }
}
