import { Role } from '@carillon/contracts/identity'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { GatewayConfig } from '../config.ts'

/** The claims that a JWT must have beside `iss`, `aud` and `exp`. `sub` is the user. */
const Claims = Type.Object({
  sub: Type.String({ minLength: 1, maxLength: 200 }),
  organization_id: Uuid,
  role: Role,
})

export interface Bearer {
  organizationId: string
  role: Role
  userId: string
}

/** Returns whom a JWT (RFC 7519) identifies, or null if the token is not valid. */
export type JwtReader = (token: string) => Promise<Bearer | null>

/** Asymmetric algorithms only: the key that we verify with cannot sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Reads JWTs of the configured issuer. Without one, no JWT is valid. The issuer's keys (RFC 7517) are fetched when they are first needed. */
export function jwtReader(config: Pick<GatewayConfig, 'JWT_JWKS_URL' | 'JWT_ISSUER' | 'JWT_AUDIENCE'>): JwtReader {
  const { JWT_JWKS_URL: url, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config
  if (url === undefined || issuer === undefined || audience === undefined) return async () => null
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: 5_000 })
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (isFaultOfToken(error)) throw error
      throw new DomainError('unavailable', 'ServiceUnavailableError', `the keys of ${issuer} cannot be read`, { cause: String(error) })
    }
  }
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keyOf, { issuer, audience, algorithms, requiredClaims: ['exp'], clockTolerance: 5 })
      if (!Value.Check(Claims, payload)) return null
      return { organizationId: payload.organization_id, role: payload.role, userId: payload.sub }
    } catch (error) {
      if (error instanceof DomainError) throw error
      // Also a key of the issuer that is too weak: it will not get stronger.
      return null
    }
  }
}

/** False if the issuer's keys could not be fetched: that says nothing about the token. */
function isFaultOfToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC'
}
