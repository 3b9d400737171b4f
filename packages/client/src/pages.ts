import type { ListQuery, PaginationMeta, PaginationQuery } from './contract.ts'
import type { RequestOptions } from './options.ts'
import type { Send } from './transport.ts'

/** One page of a list. */
export interface Page<T> {
  data: T[]
  meta: PaginationMeta
}

/** Which page: `page` from 1, or the `cursor` that an earlier page gave as `meta.nextCursor`; `limit` up to 1000. */
export type PageQuery = Partial<PaginationQuery>

/** The arguments of a list: those that say whose list it is, then the query and the options. */
type Arguments<Of extends string[], Query> = [...of: Of, query?: Query, options?: RequestOptions]

/** Goes through a list by cursors: what is added or deleted meanwhile makes no other item come twice or be left out. */
export interface Walk<T, Answer, Query, Of extends string[]> {
  /** All pages from the one that the query names on, 1000 items each unless `query.limit` is set. A page is fetched when it is needed. */
  pages(...args: Arguments<Of, Query>): AsyncGenerator<Answer, void, undefined>
  /** All items of these pages, one by one. */
  items(...args: Arguments<Of, Query>): AsyncGenerator<T, void, undefined>
}

/** A list that comes in pages. Called as a function, it gets one page. `Of` are the arguments that say whose list it is. */
export interface PagedList<T, Query extends PageQuery = PageQuery, Of extends string[] = []> extends Walk<T, Page<T>, Query, Of> {
  (...args: Arguments<Of, Query>): Promise<Page<T>>
}

/** A list that is a plain array, newest first. Called as a function, it gets the whole list, or `limit` items of it. */
export interface PlainList<T, Of extends string[] = []> extends Walk<T, T[], ListQuery, Of> {
  (...args: Arguments<Of, ListQuery>): Promise<T[]>
}

/** The paged list at a path. */
export function pagedList<T, Query extends PageQuery = PageQuery>(send: Send, path: string): PagedList<T, Query> {
  const page = (query?: Query, options?: RequestOptions) => send<Page<T>>('GET', path, { ...options, ...(query ? { query } : {}) })
  return walkable(
    page,
    async (query, options) => {
      const answer = await page(query, options)
      return { answer, nextCursor: answer.meta.nextCursor }
    },
    ({ data }) => data,
  )
}

/** The plain list at a path. The cursor of its next page is in the `Link` header. */
export function plainList<T>(send: Send, path: string): PlainList<T> {
  const list = (query: ListQuery = {}, options?: RequestOptions) => send<T[]>('GET', path, { ...options, query })
  return walkable(
    list,
    async (query, options) => {
      let nextCursor: string | null = null
      const onHeaders = (headers: Headers) => {
        nextCursor = cursorOf(headers.get('link'))
      }
      const answer = await send<T[]>('GET', path, { ...options, query, onHeaders })
      return { answer, nextCursor }
    },
    (items) => items,
  )
}

/** The list of one resource, e.g. the contacts of an audience. */
export function pagedListOf<T, Query extends PageQuery = PageQuery>(
  send: Send,
  pathOf: (id: string) => string,
): PagedList<T, Query, [id: string]> {
  return byId((id) => pagedList<T, Query>(send, pathOf(id)))
}

/** The plain list of one resource, e.g. the executions of a program. */
export function plainListOf<T>(send: Send, pathOf: (id: string) => string): PlainList<T, [id: string]> {
  return byId((id) => plainList<T>(send, pathOf(id)))
}

interface Fetched<Answer> {
  answer: Answer
  nextCursor: string | null
}
type Listing<Query, Answer> = (query?: Query, options?: RequestOptions) => Promise<Answer>
type Fetch<Query, Answer> = (query: Query, options?: RequestOptions) => Promise<Fetched<Answer>>

function walkable<T, Answer, Query extends PageQuery>(
  list: Listing<Query, Answer>,
  fetchPage: Fetch<Query, Answer>,
  itemsOf: (answer: Answer) => T[],
): Listing<Query, Answer> & Walk<T, Answer, Query, []> {
  async function* pages(query?: Query, options?: RequestOptions): AsyncGenerator<Answer, void, undefined> {
    const first = { ...query, limit: query?.limit ?? 1_000 } as Query
    const { page: _page, ...further } = first
    for (let next: Query = first; ; ) {
      const { answer, nextCursor } = await fetchPage(next, options)
      yield answer
      // A stand-in for the API may leave it out. A loop without end would be the worst answer to that.
      if (typeof nextCursor !== 'string') return
      next = { ...further, cursor: nextCursor } as Query
    }
  }
  async function* items(query?: Query, options?: RequestOptions): AsyncGenerator<T, void, undefined> {
    for await (const answer of pages(query, options)) yield* itemsOf(answer)
  }
  return Object.assign(list, { pages, items })
}

function byId<T, Answer, Query>(listOf: (id: string) => Listing<Query, Answer> & Walk<T, Answer, Query, []>) {
  return Object.assign((id: string, query?: Query, options?: RequestOptions) => listOf(id)(query, options), {
    pages: (id: string, query?: Query, options?: RequestOptions) => listOf(id).pages(query, options),
    items: (id: string, query?: Query, options?: RequestOptions) => listOf(id).items(query, options),
  })
}

/** The cursor in a `Link` header with `rel="next"` (RFC 8288). */
function cursorOf(link: string | null): string | null {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1]
  return next === undefined ? null : new URL(next, 'http://relative').searchParams.get('cursor')
}
