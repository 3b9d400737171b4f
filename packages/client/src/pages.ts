import type { PaginationMeta, PaginationQuery } from '@carillon/contracts/pagination'

/** One page of a list. */
export interface Page<T> {
  data: T[]
  meta: PaginationMeta
}

/** Which page: `page` from 1, `limit` up to 1000. */
export type PageQuery = Partial<PaginationQuery>

/** All items of a list. A page is fetched when its first item is needed. */
export async function* eachOf<T>(pageAt: (query: Required<PageQuery>) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  for (let page = 1; ; page++) {
    const { data, meta } = await pageAt({ page, limit: 1_000 })
    yield* data
    if (page >= meta.totalPages) return
  }
}
