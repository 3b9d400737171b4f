import type { PaginationMeta, PaginationQuery } from './contract.ts'
import type { RequestOptions } from './options.ts'
import type { Send } from './transport.ts'

/** One page of a list. */
export interface Page<T> {
  data: T[]
  meta: PaginationMeta
}

/** Which page: `page` from 1, `limit` up to 1000. */
export type PageQuery = Partial<PaginationQuery>

/** A list that comes in pages. Called as a function, it gets one page. `Of` are the arguments that say whose list it is. */
export interface PagedList<T, Query extends PageQuery = PageQuery, Of extends string[] = []> {
  (...args: [...of: Of, query?: Query, options?: RequestOptions]): Promise<Page<T>>
  /** All pages from `query.page` on, 1000 items each unless `query.limit` is set. A page is fetched when it is needed. */
  pages(...args: [...of: Of, query?: Query, options?: RequestOptions]): AsyncGenerator<Page<T>, void, undefined>
  /** All items of these pages, one by one. */
  items(...args: [...of: Of, query?: Query, options?: RequestOptions]): AsyncGenerator<T, void, undefined>
}

/** The list at a path. */
export function pagedList<T, Query extends PageQuery = PageQuery>(send: Send, path: string): PagedList<T, Query> {
  const pageAt = (query: PageQuery = {}, options?: RequestOptions) => send<Page<T>>('GET', path, { ...options, query })
  return Object.assign(pageAt, {
    pages: (query?: Query, options?: RequestOptions) => pagesOf((next) => pageAt(next, options), query),
    items: (query?: Query, options?: RequestOptions) => itemsOf((next) => pageAt(next, options), query),
  })
}

/** The list of one resource, e.g. the contacts of an audience. */
export function pagedListOf<T>(send: Send, pathOf: (id: string) => string): PagedList<T, PageQuery, [id: string]> {
  const listOf = (id: string) => pagedList<T>(send, pathOf(id))
  return Object.assign((id: string, query?: PageQuery, options?: RequestOptions) => listOf(id)(query, options), {
    pages: (id: string, query?: PageQuery, options?: RequestOptions) => listOf(id).pages(query, options),
    items: (id: string, query?: PageQuery, options?: RequestOptions) => listOf(id).items(query, options),
  })
}

type PageAt<T> = (query: PageQuery) => Promise<Page<T>>

async function* pagesOf<T>(pageAt: PageAt<T>, query: PageQuery = {}): AsyncGenerator<Page<T>, void, undefined> {
  for (let page = query.page ?? 1; ; page++) {
    const next = await pageAt({ ...query, page, limit: query.limit ?? 1_000 })
    yield next
    if (page >= next.meta.totalPages) return
  }
}

async function* itemsOf<T>(pageAt: PageAt<T>, query?: PageQuery): AsyncGenerator<T, void, undefined> {
  for await (const { data } of pagesOf(pageAt, query)) yield* data
}
