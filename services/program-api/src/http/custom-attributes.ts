import { CreateCustomAttributeRequest, CustomAttribute } from '@carillon/contracts/custom-attribute'
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
import { isTriggerAttribute } from '../store/programs.ts'

const ListCustomAttributes = {
  operationId: 'listCustomAttributes',
  summary: 'List custom attributes',
  description: 'All custom attributes of the organization.',
  tags: [tags.customAttributes],
  querystring: ListQuery,
  response: { 200: Type.Array(CustomAttribute) },
}
const CreateCustomAttribute = {
  operationId: 'createCustomAttribute',
  summary: 'Create a custom attribute',
  description:
    'All contacts of the organization can have a value for it from now on. Flows read it as `contact.customAttributes.<slug>`. Slug and type never change.',
  errors: {
    CustomAttributeAlreadyExistsError: 'The organization has an attribute with this slug.',
    ValidationError: 'This includes a slug with other characters than letters, digits, _ and -.',
  },
  tags: [tags.customAttributes],
  headers: IdempotencyHeaders,
  body: CreateCustomAttributeRequest,
  response: { 201: CustomAttribute },
}
const DeleteCustomAttribute = {
  operationId: 'deleteCustomAttribute',
  summary: 'Delete a custom attribute',
  description: 'All contacts lose their value of it. Flows that read it find no value.',
  errors: {
    CustomAttributeNotFoundError: 'The organization has no custom attribute with this id.',
    CustomAttributeInUseError: 'A live program calls contacts by this date.',
  },
  tags: [tags.customAttributes],
  params: IdParams,
  response: { 204: Type.Null() },
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
      const { organizationId } = identity
      await database.transaction(async (tx) => {
        const isInUse = (slug: string) => isTriggerAttribute(tx, organizationId, slug)
        const result = await deleteCustomAttribute(tx, organizationId, params.id, isInUse)
        if (result === 'missing') throw customAttributeNotFound(params.id)
        if (result === 'in_use') {
          throw new DomainError(
            'conflict',
            'CustomAttributeInUseError',
            'A live program calls contacts by this date; delete the program first',
          )
        }
      })
      return reply.code(204).send(null)
    })
  }

function toCustomAttribute({ id, slug, displayName, type, createdAt }: CustomAttributeRow): CustomAttribute {
  return { id, slug, displayName, type, createdAt: toIso(createdAt.getTime()) }
}
