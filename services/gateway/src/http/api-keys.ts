import { randomBytes } from 'node:crypto'
import { ApiKeyPage, CreateApiKeyRequest, CreatedApiKey } from '@carillon/contracts/api-key'
import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { once } from '@carillon/service-kit/http/idempotency'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Authentication } from '../authentication/authentication.ts'
import { checkRevocation, keyBytes, keyText, newApiKey, toResponse } from '../domain/api-key.ts'
import { insertApiKey, lockApiKey, pageOfApiKeys, revokeApiKey } from '../store/api-keys.ts'
import { lockOrganization } from '../store/organizations.ts'
import { IdempotencyHeader } from './idempotency-header.ts'

const tags = ['API keys']

const CreateApiKey = {
  tags,
  summary: 'Create an API key with at most the caller’s role; the key itself is shown this once',
  headers: IdempotencyHeader,
  body: CreateApiKeyRequest,
  response: { 201: CreatedApiKey, 400: ErrorBody, 403: ErrorBody, 409: ErrorBody },
}
const ListApiKeys = {
  tags,
  summary: 'List the organization’s API keys, newest first, revoked ones too',
  querystring: PaginationQuery,
  response: { 200: ApiKeyPage, 400: ErrorBody },
}
const RevokeApiKey = {
  tags,
  summary: 'Revoke an API key',
  params: Type.Object({ id: Uuid }),
  response: { 204: Type.Null(), 400: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody },
}

interface RouteDeps {
  deps: Pick<ServiceDeps, 'database' | 'clock'>
  authentication: Authentication
}

export const apiKeyRoutes =
  ({ deps: { database, clock }, authentication }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/api-keys', { schema: CreateApiKey, config: { role: 'admin' } }, async (request, reply) => {
      const { identity, body } = request
      const { organizationId } = identity
      // Only this answer ever holds the key: the one that is kept for the Idempotency-Key does not.
      let key: string | null = null
      const answer = await database.transaction((tx) =>
        once(tx, { organizationId, key: request.headers['idempotency-key'], route: 'POST /api-keys', body }, async () => {
          const organization = await lockOrganization(tx, organizationId)
          if (!organization) throw new DomainError('not_found', 'OrganizationNotFoundError', 'Organization not found')
          const nowMs = clock.now()
          key = keyText(randomBytes(keyBytes))
          const created = newApiKey(uuidv7(nowMs), key, body, identity, organization, nowMs)
          await insertApiKey(tx, created)
          return { statusCode: 201, body: { ...toResponse(created), key: null } satisfies CreatedApiKey }
        }),
      )
      return reply.code(201).send({ ...(answer.body as CreatedApiKey), key })
    })

    app.get('/api-keys', { schema: ListApiKeys, config: { role: 'admin' } }, ({ identity, query: { page, limit } }) =>
      database.snapshot(async ({ orm }) => {
        const { keys, total } = await pageOfApiKeys(orm, identity.organizationId, { limit, offset: (page - 1) * limit })
        return { data: keys.map(toResponse), meta: paginationMeta(page, limit, total) }
      }),
    )

    app.delete('/api-keys/:id', { schema: RevokeApiKey, config: { role: 'admin' } }, async ({ identity, params: { id } }, reply) => {
      await database.transaction(async (tx) => {
        const key = await lockApiKey(tx, identity.organizationId, id)
        if (!key) throw new DomainError('not_found', 'ApiKeyNotFoundError', 'API key not found')
        checkRevocation(key, identity)
        await revokeApiKey(tx, id, clock.now())
        tx.afterCommit(() => authentication.callersChanged())
      })
      return reply.code(204).send(null)
    })
  }
