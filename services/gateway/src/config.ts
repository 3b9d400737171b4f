import { services, type Upstream, type UpstreamUrlVariable, upstreams } from '@carillon/contracts/services'
import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { type Static, Type } from '@sinclair/typebox'

const Url = Type.String({ pattern: '^https?://[^/?#]+/?$', description: 'Scheme and host, without a path' })

/** `PROGRAM_API_URL` and so on. */
const upstreamUrlProperties = Object.fromEntries(upstreams.map((name) => [services[name].urlVariable, Url])) as Record<
  UpstreamUrlVariable,
  typeof Url
>

/** The gateway's environment. */
export const GatewayEnvironment = Type.Object({
  ...ServiceEnvironment.properties,
  ...upstreamUrlProperties,
  PLATFORM_API_KEY: Type.Optional(
    Type.String({
      minLength: 32,
      maxLength: 200,
      pattern: '^[\\w-]+$',
      description: 'The platform team’s first key, of the role platform_admin. A new value replaces the key',
    }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({ pattern: '^rediss?://', description: 'Where rate limits are counted. When absent, each replica counts in memory' }),
  ),
  RATE_LIMIT_PER_MINUTE: Type.Integer({ default: 6_000, minimum: 1, description: 'Requests of one organization' }),
  FAILED_AUTHENTICATIONS_PER_MINUTE: Type.Integer({ default: 60, minimum: 1, description: 'Refused requests from one address' }),
  TRUSTED_PROXIES: Type.Optional(
    Type.String({
      description: 'Addresses or CIDR ranges of the proxies in front, separated by commas. Their X-Forwarded-For is believed',
    }),
  ),
  CORS_ORIGINS: Type.Optional(
    Type.String({ description: 'Origins of the web pages that may call the API, separated by commas, or `*` for all' }),
  ),
  UPSTREAM_TIMEOUT_MS: Type.Integer({
    default: 300_000,
    minimum: 1,
    description: 'The longest time until a service begins to answer. A launch answers when its whole audience is copied',
  }),
  UPSTREAM_RESTART_MS: Type.Integer({
    default: 20_000,
    minimum: 0,
    description: 'How long a service may refuse connections, as while it restarts, before its requests fail at once',
  }),
  HSTS_SECONDS: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Tells browsers to use HTTPS alone for so long. Set it where TLS is in front' }),
  ),
  // JWTs are accepted when all three are set.
  JWT_JWKS_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'Where the issuer of JWTs publishes its keys' })),
  JWT_ISSUER: Type.Optional(Type.String({ minLength: 1, description: 'The issuer’s name: `iss`' })),
  JWT_AUDIENCE: Type.Optional(Type.String({ minLength: 1, description: 'Our name: `aud`' })),
})

/** What the service itself needs of its environment. */
export type GatewayConfig = Omit<Static<typeof GatewayEnvironment>, keyof typeof ServiceEnvironment.properties>

/** The address of each service behind the gateway. */
export type UpstreamUrls = Record<Upstream, string>

export function upstreamUrls(config: Record<UpstreamUrlVariable, string>): UpstreamUrls {
  const urls = upstreams.map((name) => [name, config[services[name].urlVariable]])
  return Object.fromEntries(urls) as UpstreamUrls
}
