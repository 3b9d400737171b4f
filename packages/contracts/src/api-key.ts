import { type Static, Type } from '@sinclair/typebox'
import { Role } from './identity.ts'
import { Paginated } from './pagination.ts'
import { Instant, Nullable, Uuid } from './scalars.ts'
import { Name } from './text.ts'

const properties = {
  id: Uuid,
  name: Type.String(),
  role: Role,
  prefix: Type.String({ description: 'How the key begins, to tell it from others' }),
  createdAt: Instant,
  lastUsedAt: Nullable(Type.String({ ...Instant, description: 'To the minute' })),
  revokedAt: Nullable(Instant),
}

/** An API key, without the key itself: of that only a hash is stored. */
export const ApiKey = Type.Object(properties, { $id: 'ApiKey' })
export type ApiKey = Static<typeof ApiKey>

/** Newest first, revoked ones too. */
export const ApiKeyPage = Paginated(ApiKey)
export type ApiKeyPage = Static<typeof ApiKeyPage>

/** `POST /api-keys` */
export const CreateApiKeyRequest = Type.Object({ name: Name, role: Role }, { $id: 'CreateApiKeyRequest', additionalProperties: false })
export type CreateApiKeyRequest = Static<typeof CreateApiKeyRequest>

/** Answer of `POST /api-keys`. */
export const CreatedApiKey = Type.Object(
  {
    ...properties,
    key: Nullable(
      Type.String({
        description: 'The key, shown this once; null when an Idempotency-Key asks again for the answer of an earlier request',
      }),
    ),
  },
  { $id: 'CreatedApiKey' },
)
export type CreatedApiKey = Static<typeof CreatedApiKey>
