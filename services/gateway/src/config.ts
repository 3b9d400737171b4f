import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { type Static, Type } from '@sinclair/typebox'

const Url = Type.String({ pattern: '^https?://[^/?#]+/?$', description: 'Scheme and host, without a path' })

/** The gateway's environment. */
export const GatewayEnvironment = Type.Object({
  ...ServiceEnvironment.properties,
  PROGRAM_API_URL: Url,
  ORCHESTRATOR_URL: Url,
  BILLING_URL: Url,
  REPORTING_URL: Url,
  /** The platform team's first key, of the role platform_admin. A new value replaces the earlier one's key. */
  PLATFORM_API_KEY: Type.Optional(Type.String({ minLength: 32, maxLength: 200, pattern: '^[\\w-]+$' })),
  /** Where rate limits are counted; in memory, each replica for itself, when absent. */
  REDIS_URL: Type.Optional(Type.String({ pattern: '^rediss?://' })),
  RATE_LIMIT_PER_MINUTE: Type.Integer({ default: 6_000, minimum: 1, description: 'Requests of one organization' }),
  FAILED_AUTHENTICATIONS_PER_MINUTE: Type.Integer({ default: 60, minimum: 1, description: 'Refused requests from one address' }),
  /** Addresses of the proxies in front, comma-separated, CIDR too; without them the address of a client is that of its connection. */
  TRUSTED_PROXIES: Type.Optional(Type.String()),
  /** Origins of web pages that may call the API, comma-separated, or `*`. */
  CORS_ORIGINS: Type.Optional(Type.String()),
  /** How long a service may take to begin its answer: a launch copies its whole audience first. */
  UPSTREAM_TIMEOUT_MS: Type.Integer({ default: 300_000, minimum: 1 }),
  /** JWTs are accepted when all three are set: where their issuer publishes its keys, its name, and ours. */
  JWT_JWKS_URL: Type.Optional(Type.String({ pattern: '^https?://' })),
  JWT_ISSUER: Type.Optional(Type.String({ minLength: 1 })),
  JWT_AUDIENCE: Type.Optional(Type.String({ minLength: 1 })),
})

/** What the service itself needs of its environment. */
export type GatewayConfig = Omit<Static<typeof GatewayEnvironment>, keyof typeof ServiceEnvironment.properties>
