import { randomBytes } from 'node:crypto'
import { ApiKeyPage, CreateApiKeyRequest, CreatedApiKey } from '@carillon/contracts/api-key'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { checkRevocation, keyBytes, keyText, modeOfNewKey, newApiKey } from '../domain/api-key.ts'
import { apiKeyNotFound, organizationNotFound } from '../domain/not-found.ts'
import { apiKeyOrder, insertApiKey, listApiKeys, lockApiKey, revokeApiKey } from '../store/api-keys.ts'
import { lockOrganization } from '../store/organizations.ts'
import { apiKeyResponse } from './api-key-response.ts'
import type { RouteDeps } from './route-deps.ts'

const CreateApiKey = {
  operationId: 'createApiKey',
  summary: 'Create an API key',
  description:
    'The key has at most the caller’s role. Only this answer shows the key: the API stores a hash of it. If the answer was lost, revoke the key and create another one; a repeated request with the same `Idempotency-Key` does not show it again.',
  errors: {
    OrganizationNotFoundError: 'The organization does not exist.',
    ForbiddenError: 'Nobody creates a key of a higher role than the own one.',
    TestModeForbiddenError: 'The request is in test mode. It creates only test keys.',
    ValidationError: 'This includes the role `platform_admin` outside of the platform’s own organization.',
  },
  tags: [tags.apiKeys],
  headers: IdempotencyHeaders,
  body: CreateApiKeyRequest,
  response: { 201: CreatedApiKey },
}
const ListApiKeys = {
  operationId: 'listApiKeys',
  summary: 'List API keys',
  description: 'The organization’s keys, the newest first, including revoked ones. The keys themselves are not shown.',
  tags: [tags.apiKeys],
  querystring: PaginationQuery,
  response: { 200: ApiKeyPage },
}
const RevokeApiKey = {
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key',
  description:
    'Requests with the key are refused within a second. A revoked key stays in the list and never works again. To revoke one twice is no error.',
  errors: {
    ApiKeyNotFoundError: 'The organization has no API key with this id.',
    ApiKeyConfiguredError: 'The key comes from the configuration of the installation. Change it there.',
    ForbiddenError: 'Nobody revokes a key of a higher role than the own one.',
    TestModeForbiddenError: 'The request is in test mode. It revokes only test keys.',
  },
  tags: [tags.apiKeys],
  params: IdParams,
  response: { 204: Type.Null() },
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
