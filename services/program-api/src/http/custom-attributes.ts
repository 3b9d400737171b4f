import { CreateCustomAttributeRequest, CustomAttribute } from '@carillon/contracts/custom-attribute'
import { ErrorBody } from '@carillon/contracts/error-body'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { isSlug, slugOf } from '../domain/header-text.ts'
import { customAttributeNotFound } from '../domain/not-found.ts'
import { type CustomAttributeRow, deleteCustomAttribute, insertCustomAttributes, listCustomAttributes } from '../store/custom-attributes.ts'
import { answerCreated } from './creation.ts'
import { IdempotencyHeaders, IdParams } from './params.ts'

const tags = ['custom attributes']

export const customAttributeRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.get(
      '/custom-attributes',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'List custom attributes', response: { 200: Type.Array(CustomAttribute) } },
      },
      async ({ identity }) => (await listCustomAttributes(database.orm, identity.organizationId)).map(toCustomAttribute),
    )

    app.post(
      '/custom-attributes',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Create a custom attribute',
          headers: IdempotencyHeaders,
          body: CreateCustomAttributeRequest,
          response: { 201: CustomAttribute, 400: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const { displayName, type } = request.body
        const slug = request.body.slug ?? slugOf(displayName)
        if (!isSlug(slug)) throw invalidField('/slug', 'must consist of letters, digits, _ and -')
        return answerCreated(deps, request, reply, async (tx) => {
          const now = clock.now()
          const row = {
            id: uuidv7(now),
            organizationId: request.identity.organizationId,
            slug,
            displayName: displayName.trim(),
            type,
            createdAt: new Date(now),
          }
          const [created] = await insertCustomAttributes(tx, [row])
          if (!created)
            throw new DomainError('conflict', 'CustomAttributeAlreadyExistsError', `There is a custom attribute ${slug} already`)
          return toCustomAttribute(created)
        })
      },
    )

    app.delete(
      '/custom-attributes/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Delete a custom attribute and its values',
          params: IdParams,
          response: { 204: Type.Null(), 404: ErrorBody },
        },
      },
      async ({ identity, params }, reply) => {
        const deleted = await database.transaction((tx) => deleteCustomAttribute(tx, identity.organizationId, params.id))
        if (!deleted) throw customAttributeNotFound(params.id)
        return reply.code(204).send(null)
      },
    )
  }

function toCustomAttribute({ id, slug, displayName, type, createdAt }: CustomAttributeRow): CustomAttribute {
  return { id, slug, displayName, type, createdAt: toIso(createdAt.getTime()) }
}
