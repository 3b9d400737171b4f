import { randomBytes } from 'node:crypto'
import { ApiKeyPage, CreateApiKeyRequest, CreatedApiKey } from '@carillon/contracts/api-key'
import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Authentication } from '../authentication/authentication.ts'
import { checkRevocation, keyBytes, keyText, modeOfNewKey, newApiKey } from '../domain/api-key.ts'
import { apiKeyNotFound, organizationNotFound } from '../domain/not-found.ts'
import { apiKeyOrder, insertApiKey, listApiKeys, lockApiKey, revokeApiKey } from '../store/api-keys.ts'
import { lockOrganization } from '../store/organizations.ts'
import { apiKeyResponse } from './api-key-response.ts'

const CreateApiKey = {
  tags: [tags.apiKeys],
  summary: 'Create an API key with at most the caller’s role. Only this answer shows the key',
  headers: IdempotencyHeaders,
  body: CreateApiKeyRequest,
  response: { 201: CreatedApiKey, 400: ErrorBody, 403: ErrorBody, 409: ErrorBody },
}
const ListApiKeys = {
  tags: [tags.apiKeys],
  summary: 'List the organization’s API keys, newest first, including revoked ones',
  querystring: PaginationQuery,
  response: { 200: ApiKeyPage, 400: ErrorBody },
}
const RevokeApiKey = {
  tags: [tags.apiKeys],
  summary: 'Revoke an API key',
  params: IdParams,
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
      // The answer that is stored for the Idempotency-Key has no key. A repeated request does not run `work`, so `key` stays null.
      let key: string | null = null
      const stored = await createOnce<CreatedApiKey>(database, request, async (tx) => {
        const organization = await lockOrganization(tx, identity.organizationId)
        if (!organization) throw organizationNotFound()
        const nowMs = clock.now()
        const mode = modeOfNewKey(body.mode, identity)
        key = keyText(randomBytes(keyBytes), mode)
        const created = newApiKey(uuidv7(nowMs), key, { ...body, mode }, identity, organization, nowMs)
        await insertApiKey(tx, created)
        return { ...apiKeyResponse(created), key: null }
      })
      return reply.code(201).send({ ...stored, key })
    })

    app.get('/api-keys', { schema: ListApiKeys, config: { role: 'admin' } }, async (request, reply) => {
      const list = pagedList(request, reply, apiKeyOrder)
      const { keys, total } = await listApiKeys(database.orm, request.identity.organizationId, list.slice)
      return list.answer(keys, total, apiKeyResponse)
    })

    app.delete('/api-keys/:id', { schema: RevokeApiKey, config: { role: 'admin' } }, async ({ identity, params: { id } }, reply) => {
      await database.transaction(async (tx) => {
        const key = await lockApiKey(tx, identity.organizationId, id)
        if (!key) throw apiKeyNotFound()
        checkRevocation(key, identity)
        await revokeApiKey(tx, id, clock.now())
        tx.afterCommit(() => authentication.keyRevoked(key.hash))
      })
      return reply.code(204).send(null)
    })
  }
