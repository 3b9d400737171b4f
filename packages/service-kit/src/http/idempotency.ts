import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { DomainError } from '../domain/domain-error.ts'
import type { Database, Tx } from '../postgres/database.ts'

export interface IdempotentRequest {
  organizationId: string
  /** The `Idempotency-Key` header. A request without one runs each time. */
  key: string | undefined
  /** Method and path, and whether it is in test mode: the same key for another route or mode is another request. */
  route: string
  body: unknown
}

export interface StoredAnswer {
  statusCode: number
  body: unknown
}

/**
 * Runs a creating request at most once per key (contract rule 26): the key's row commits with the work itself. The same key and body get the
 * first answer again; the same key with another body is an `IdempotencyConflictError`. A request that runs at the same time waits for the
 * first one. A refused request leaves no row, so that it can be tried again.
 */
export async function once(tx: Tx, request: IdempotentRequest, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
  if (request.key === undefined) return work()
  const hash = hashOf(request)
  const inserted = await tx.sql`
    insert into idempotency_keys (organization_id, key, request_hash) values (${request.organizationId}, ${request.key}, ${hash})
    on conflict do nothing returning key`
  if (inserted.length === 0) {
    const [row] = await tx.sql<StoredKey[]>`
      select request_hash, status_code, response from idempotency_keys
      where organization_id = ${request.organizationId} and key = ${request.key}`
    return answerOf(row, hash)
  }
  const answer = await work()
  await tx.sql`
    update idempotency_keys set status_code = ${answer.statusCode}, response = ${JSON.stringify(answer.body)}
    where organization_id = ${request.organizationId} and key = ${request.key}`
  return answer
}

/**
 * Runs `work` in a transaction for a POST that creates something, once per `Idempotency-Key` (contract rule 26), and returns the body of the answer:
 * what `work` made, or for a repeated request what it made the first time, read back from JSON.
 */
export async function createOnce<T>(database: Database, request: FastifyRequest, work: (tx: Tx) => Promise<T>): Promise<T> {
  const idempotent = idempotentOf(request)
  const answer = await database.transaction((tx) => once(tx, idempotent, async () => ({ statusCode: 201, body: await work(tx) })))
  return answer.body as T
}

/**
 * What the request was answered the first time, or undefined if it was not yet. For a request with work before its transaction, which must not be done in
 * vain. `createOnce` decides.
 */
export async function answeredBefore<T>({ sql }: Database, request: FastifyRequest): Promise<T | undefined> {
  const idempotent = idempotentOf(request)
  const { organizationId, key } = idempotent
  if (key === undefined) return undefined
  const [row] = await sql<StoredKey[]>`
    select request_hash, status_code, response from idempotency_keys where organization_id = ${organizationId} and key = ${key}`
  return row && (answerOf(row, hashOf(idempotent)).body as T)
}

function idempotentOf(request: FastifyRequest): IdempotentRequest {
  const key = request.headers['idempotency-key']
  return {
    organizationId: request.identity.organizationId,
    key: typeof key === 'string' ? key : undefined,
    route: `${request.identity.test ? 'test ' : ''}${request.method} ${request.url}`,
    body: request.body,
  }
}

interface StoredKey {
  request_hash: string
  status_code: number
  response: unknown
}

function answerOf(row: StoredKey | undefined, hash: string): StoredAnswer {
  if (row?.request_hash === hash) return { statusCode: row.status_code, body: row.response }
  throw new DomainError('conflict', 'IdempotencyConflictError', 'This Idempotency-Key was used with another request')
}

function hashOf({ route, body }: IdempotentRequest): string {
  return createHash('sha256')
    .update(`${route}\n${JSON.stringify(body ?? null)}`)
    .digest('hex')
}

/** Forgets keys that are older than a day. */
export async function forgetOldKeys(database: Database): Promise<void> {
  await database.sql`delete from idempotency_keys where created_at < clock_timestamp() - interval '1 day'`
}
