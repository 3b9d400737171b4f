import type postgres from 'postgres'
import type { Sql } from 'postgres'

/**
 * Statements of postgres.js: a tagged template is a statement when it is awaited, and a part of another one when it stands in it. An array of names
 * becomes a list of identifiers.
 */
export interface Statements {
  <T extends readonly (object | undefined)[] = postgres.Row[]>(
    template: TemplateStringsArray,
    ...parameters: readonly postgres.ParameterOrFragment<never>[]
  ): postgres.PendingQuery<T>
  (names: string | readonly string[]): postgres.Helper<readonly string[], []>
  unsafe<T extends readonly (object | undefined)[] = postgres.Row[]>(
    text: string,
    parameters?: postgres.ParameterOrJSON<never>[],
    options?: postgres.UnsafeQueryOptions,
  ): postgres.PendingQuery<T>
}

/** What the driver keeps in a query. `handler` is called when the query is to be sent; the other two settle it. */
export interface DriverQuery {
  handler(query: DriverQuery): void
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** Makes the queries of `client`, and gives each one to `send` instead of sending it over the client's own connection. */
export function statements(client: Sql, send: (query: DriverQuery) => void): Statements {
  function redirect<T>(made: T): T {
    // A query is a promise; a helper for names is none.
    if (made instanceof Promise) (made as unknown as DriverQuery).handler = send
    return made
  }
  const make = client as unknown as (...parameters: unknown[]) => unknown
  const unsafe: Sql['unsafe'] = client.unsafe
  const sql = (...parameters: unknown[]) => redirect(make(...parameters))
  return Object.assign(sql, { unsafe: (...parameters: Parameters<typeof unsafe>) => redirect(unsafe(...parameters)) }) as Statements
}
