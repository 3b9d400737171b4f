import { type Static, Type } from '@sinclair/typebox'
import { modes, Role } from './identity.ts'
import { Paginated } from './pagination.ts'
import { Instant, Nullable, Uuid } from './scalars.ts'
import { Name } from './text.ts'

const Mode = (description: string) =>
  Type.Union(
    modes.map((mode) => Type.Literal(mode)),
    { description },
  )

const properties = {
  id: Uuid,
  name: Type.String(),
  role: Role,
  mode: Mode('The mode of requests with this key. In test mode calls are simulated and free'),
  prefix: Type.String({ description: 'The first characters of the key, to recognize it' }),
  createdAt: Instant,
  lastUsedAt: Nullable(Type.String({ ...Instant, description: 'Accurate to a minute' })),
  revokedAt: Nullable(Instant),
}

/** An API key without the key itself: only a hash of it is stored. */
export const ApiKey = Type.Object(properties, { $id: 'ApiKey' })
export type ApiKey = Static<typeof ApiKey>

/** Newest first, including revoked keys. */
export const ApiKeyPage = Paginated(ApiKey)
export type ApiKeyPage = Static<typeof ApiKeyPage>

/** `POST /api-keys` */
export const CreateApiKeyRequest = Type.Object(
  {
    name: Name,
    role: Role,
    mode: Type.Optional(Mode('If absent, the mode of this request. A request in test mode creates only test keys')),
  },
  { $id: 'CreateApiKeyRequest', additionalProperties: false },
)
export type CreateApiKeyRequest = Static<typeof CreateApiKeyRequest>

/** Answer of `POST /api-keys`. */
export const CreatedApiKey = Type.Object(
  {
    ...properties,
    key: Nullable(
      Type.String({
        description: 'The key, shown only once; null if an Idempotency-Key repeats an earlier request',
      }),
    ),
  },
  { $id: 'CreatedApiKey' },
)
export type CreatedApiKey = Static<typeof CreatedApiKey>
