import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { described } from './scalars.ts'

/** Query of a paged list. The validator adds the defaults, so a handler always gets both. */
export const PaginationQuery = Type.Object(
  {
    page: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 1,
      description: 'Which page, counted from 1. A page after the last one is empty',
    }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20, description: 'How many items a page has at most' }),
  },
  { additionalProperties: false },
)
export type PaginationQuery = Static<typeof PaginationQuery>

export const PaginationMeta = Type.Object(
  {
    page: Type.Integer({ description: 'The page that was asked for, counted from 1', examples: [1] }),
    limit: Type.Integer({ description: 'How many items a page has at most', examples: [20] }),
    total: Type.Integer({ description: 'How many items the whole list has', examples: [42] }),
    totalPages: Type.Integer({ description: 'How many pages the whole list has; 0 for an empty list', examples: [3] }),
  },
  { 'x-schema': 'PaginationMeta', description: 'Where a page stands in its list.' },
)
export type PaginationMeta = Static<typeof PaginationMeta>

/** One page of a list. */
export const Paginated = <T extends TSchema>(item: T) =>
  Type.Object({
    data: Type.Array(item, { description: 'The items of the page' }),
    meta: described(PaginationMeta, 'Where the page stands in the list'),
  })

/** The `meta` of a page: `totalPages` is 0 for an empty list. */
export function paginationMeta(page: number, limit: number, total: number): PaginationMeta {
  return { page, limit, total, totalPages: Math.ceil(total / limit) }
}
