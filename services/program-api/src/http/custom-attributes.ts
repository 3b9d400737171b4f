import { CreateCustomAttributeRequest, CustomAttribute } from '@carillon/contracts/custom-attribute'
import { ErrorBody } from '@carillon/contracts/error-body'
import { toIso } from '@carillon/contracts/instant'
import { ListQuery } from '@carillon/contracts/pagination'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { plainList } from '@carillon/service-kit/http/lists'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { isSlug, slugOf } from '../domain/header-text.ts'
import { customAttributeNotFound } from '../domain/not-found.ts'
import {
  type CustomAttributeRow,
  customAttributeOrder,
  deleteCustomAttribute,
  insertCustomAttributes,
  listCustomAttributes,
} from '../store/custom-attributes.ts'

const ListCustomAttributes = {
  tags: [tags.customAttributes],
  summary: 'List custom attributes, newest first',
  querystring: ListQuery,
  response: { 200: Type.Array(CustomAttribute), 400: ErrorBody },
}
const CreateCustomAttribute = {
  tags: [tags.customAttributes],
  summary: 'Create a custom attribute',
  headers: IdempotencyHeaders,
  body: CreateCustomAttributeRequest,
  response: { 201: CustomAttribute, 400: ErrorBody, 409: ErrorBody },
}
const DeleteCustomAttribute = {
  tags: [tags.customAttributes],
  summary: 'Delete a custom attribute and its values',
  params: IdParams,
  response: { 204: Type.Null(), 404: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const customAttributeRoutes =
  ({ database, clock }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/custom-attributes', { schema: ListCustomAttributes, config: read }, async (request, reply) => {
      const list = plainList(request, reply, customAttributeOrder)
      const rows = await listCustomAttributes(database.orm, request.identity.organizationId, list.slice)
      return list.rows(rows).map(toCustomAttribute)
    })

    app.post('/custom-attributes', { schema: CreateCustomAttribute, config: change }, async (request, reply) => {
      const { displayName, type } = request.body
      const slug = request.body.slug ?? slugOf(displayName)
      if (!isSlug(slug)) throw invalidField('/slug', 'must consist of letters, digits, _ and -')
      const attribute = await createOnce(database, request, async (tx) => {
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
        if (!created) throw new DomainError('conflict', 'CustomAttributeAlreadyExistsError', `The custom attribute ${slug} already exists`)
        return toCustomAttribute(created)
      })
      return reply.code(201).send(attribute)
    })

    app.delete('/custom-attributes/:id', { schema: DeleteCustomAttribute, config: change }, async ({ identity, params }, reply) => {
      const deleted = await database.transaction((tx) => deleteCustomAttribute(tx, identity.organizationId, params.id))
      if (!deleted) throw customAttributeNotFound(params.id)
      return reply.code(204).send(null)
    })
  }

function toCustomAttribute({ id, slug, displayName, type, createdAt }: CustomAttributeRow): CustomAttribute {
  return { id, slug, displayName, type, createdAt: toIso(createdAt.getTime()) }
}
