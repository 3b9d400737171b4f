import type { Identity } from '@carillon/contracts/identity'
import { type ListQuery, maxPagedItems, type PaginationMeta, type PaginationQuery } from '@carillon/contracts/pagination'
import type { FastifyReply } from 'fastify'
import { invalidField } from '../domain/domain-error.ts'
import { type ListOrder, type Slice, sliceOf } from '../postgres/list-order.ts'
import { cursorText, listName, readCursor } from './cursor.ts'

interface ListRequest<Query> {
  readonly url: string
  readonly routeOptions: { readonly url?: string | undefined }
  readonly params: unknown
  readonly query: Query
  readonly identity: Identity
}

type Reply = Pick<FastifyReply, 'header'>

/** A list that is a plain array. `slice` reads it, `rows` takes what was read. */
export interface PlainList<Row> {
  readonly slice: Slice
  /** The rows of the answer. Adds the `Link` header if more follow. */
  rows<Read extends Row>(read: readonly Read[]): Read[]
}

/** A list in pages. `slice` reads a page, `answer` takes what was read. */
export interface PagedList<Row> {
  readonly slice: Slice
  /** The page as it is answered; `total` counts the whole list. Adds the `Link` header if more follow. */
  answer<Read extends Row, Item>(read: readonly Read[], total: number, show: (row: Read) => Item): { data: Item[]; meta: PaginationMeta }
}

/** What a request wants of a list that is a plain array: all of it, or a page (contract rule 31). Throws a `ValidationError` for a broken cursor. */
export function plainList<Row>(request: ListRequest<ListQuery>, reply: Reply, order: ListOrder<Row>): PlainList<Row> {
  const { limit, cursor } = request.query
  const start = startOf(request, order, cursor)
  return {
    // One row more tells whether another page follows.
    slice: sliceOf(order, { after: start.after, ...(limit === undefined ? {} : { limit: limit + 1 }) }),
    rows: (read) => (limit === undefined ? [...read] : cut(request, reply, order, { ...start, limit }, read).rows),
  }
}

/** Which page of a list a request wants: a number, or the one that a cursor leads to. Throws a `ValidationError` for both, and for a broken cursor. */
export function pagedList<Row>(request: ListRequest<PaginationQuery>, reply: Reply, order: ListOrder<Row>): PagedList<Row> {
  const { limit, cursor } = request.query
  if (cursor !== undefined && request.query.page !== undefined) throw invalidField('/query/page', 'cannot be combined with cursor')
  const { page = 1 } = request.query
  if (page * limit > maxPagedItems) {
    const message = `reaches too far: page × limit must be at most ${maxPagedItems}. Go on with the cursor of an earlier page (meta.nextCursor)`
    throw invalidField('/query/page', message)
  }
  const start = { ...startOf(request, order, cursor), limit }
  const number = cursor === undefined ? page : start.page
  return {
    slice: sliceOf(order, { after: start.after, limit: limit + 1, offset: cursor === undefined ? (page - 1) * limit : 0 }),
    answer(read, total, show) {
      const { rows, nextCursor } = cut(request, reply, order, { ...start, page: number }, read)
      return { data: rows.map(show), meta: { page: number, limit, total, totalPages: Math.ceil(total / limit), nextCursor } }
    },
  }
}

function startOf<Row>(request: ListRequest<ListQuery>, order: ListOrder<Row>, cursor: string | undefined) {
  const list = nameOf(request)
  if (cursor === undefined) return { list, page: 1, after: undefined }
  const read = readCursor(cursor, list)
  if (read === 'foreign')
    throw invalidField('/query/cursor', 'was made for another list, or with other filters: begin this list without it')
  if (read === 'broken' || !order.isPosition(read.values)) {
    throw invalidField('/query/cursor', 'is not a cursor: take it from an earlier answer, or begin without it')
  }
  return { list, page: read.page, after: read.values }
}

function nameOf({ routeOptions, params, query, identity }: ListRequest<ListQuery>): string {
  const { limit: _limit, cursor: _cursor, page: _page, ...filters } = query as PaginationQuery
  const sorted = Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1))
  return listName(routeOptions.url, JSON.stringify(params).toLowerCase(), sorted, identity.organizationId)
}

interface Cut {
  list: string
  page: number
  limit: number
}

/** The rows up to the limit, and where the rest of what was read begins. */
function cut<Row, Read extends Row>(
  request: ListRequest<ListQuery>,
  reply: Reply,
  order: ListOrder<Row>,
  { list, page, limit }: Cut,
  read: readonly Read[],
) {
  const rows = read.slice(0, limit)
  const last = rows.at(-1)
  if (last === undefined || read.length <= limit) return { rows, nextCursor: null }
  const nextCursor = cursorText(list, page + 1, order.positionOf(last))
  reply.header('link', `<${nextUrl(request.url, limit, nextCursor)}>; rel="next"`)
  return { rows, nextCursor }
}

/** The request's own address with the cursor: relative to the host, because a service does not know the gateway's (RFC 8288, 3.1). */
function nextUrl(url: string, limit: number, cursor: string): string {
  const [path = '', query] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.delete('page')
  parameters.set('limit', String(limit))
  parameters.set('cursor', cursor)
  return `${path}?${parameters}`
}
