import { type Static, Type } from '@sinclair/typebox'
import { modes, Role } from './identity.ts'
import { Paginated } from './pagination.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { Name } from './text.ts'

const Mode = (description: string) =>
  Type.Union(
    modes.map((mode) => Type.Literal(mode)),
    { description },
  )

const properties = {
  id: described(Uuid, 'The key’s id'),
  name: Type.String({ description: 'What the key is for' }),
  role: Role,
  mode: Mode('The mode of requests with this key. In test mode calls are simulated and free'),
  prefix: Type.String({ description: 'The first characters of the key, to recognize it' }),
  createdAt: described(Instant, 'When the key was created'),
  lastUsedAt: described(Nullable(Instant), 'When the key was last used, accurate to a minute; null if never'),
  revokedAt: described(Nullable(Instant), 'When the key was revoked; null for a key that works'),
}

/** An API key without the key itself: only a hash of it is stored. */
export const ApiKey = Type.Object(properties, { $id: 'ApiKey', description: 'An API key, without the key itself.' })
export type ApiKey = Static<typeof ApiKey>

/** Newest first, including revoked keys. */
export const ApiKeyPage = Paginated(ApiKey)
export type ApiKeyPage = Static<typeof ApiKeyPage>

/** `POST /api-keys` */
export const CreateApiKeyRequest = Type.Object(
  {
    name: described(Name, 'What the key is for, at most 200 characters'),
    role: described(Role, 'What callers with the key may do: at most the caller’s own role'),
    mode: Type.Optional(Mode('If absent, the mode of this request. A request in test mode creates only test keys')),
  },
  {
    $id: 'CreateApiKeyRequest',
    description: 'A new API key.',
    additionalProperties: false,
    examples: [{ name: 'Dashboard', role: 'supervisor' }],
  },
)
export type CreateApiKeyRequest = Static<typeof CreateApiKeyRequest>

/** Answer of `POST /api-keys`. */
export const CreatedApiKey = Type.Object(
  {
    ...properties,
    key: described(Nullable(Type.String()), 'The key, shown only once; null if an Idempotency-Key repeats an earlier request'),
  },
  { $id: 'CreatedApiKey', description: 'A new API key, with the key itself.' },
)
export type CreatedApiKey = Static<typeof CreatedApiKey>
