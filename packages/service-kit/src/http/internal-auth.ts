import '../process/formats.ts'
import { Identity } from '@carillon/contracts/identity'
import { Value } from '@sinclair/typebox/value'
import { jwtVerify, SignJWT } from 'jose'
import { DomainError } from '../domain/domain-error.ts'

/** The header in which the gateway tells the services who is calling. The gateway removes it from requests that come from outside. */
export const identityHeader = 'x-carillon-identity'

const algorithm = 'HS256'
const issuer = 'carillon'
const validitySeconds = 60
/** For a process that has just gone on after its host was suspended. */
const leewaySeconds = 30

/** Signs identities, valid for a minute and half a minute of leeway, and verifies them. Only the services know the secret. */
export interface InternalAuth {
  sign(identity: Identity): Promise<string>
  /** Throws an `unauthenticated` {@link DomainError} for anything but a valid token. */
  verify(token: string | undefined): Promise<Identity>
}

/**
 * @param now real time in epoch milliseconds, the same for all services whatever their hosts' clocks say: the database's.
 */
export function internalAuth(secret: string, now: () => number): InternalAuth {
  const key = new TextEncoder().encode(secret)
  return {
    sign: (identity) =>
      new SignJWT({ identity })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setExpirationTime(Math.floor(now() / 1_000) + validitySeconds)
        .sign(key),
    async verify(token) {
      if (!token) throw unauthenticated()
      try {
        const expected = {
          algorithms: [algorithm],
          issuer,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
          clockTolerance: leewaySeconds,
        }
        const { payload } = await jwtVerify(token, key, expected)
        if (Value.Check(Identity, payload.identity)) return payload.identity
      } catch {
        // The answer does not say what is wrong with a token.
      }
      throw unauthenticated()
    },
  }
}

const unauthenticated = () => new DomainError('unauthenticated', 'UnauthorizedError', 'Missing or invalid credentials')
