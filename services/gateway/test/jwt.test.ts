import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGateway, refusal, refused, type TestGateway } from './support/gateway.ts'
import type { Echo } from './support/upstream.ts'

const issuer = 'https://login.example.com'
const audience = 'carillon'

let gateway: TestGateway
let issuerServer: Server
let organizationId: string
const keys = await generateKeyPair('ES256')
const weakKeys = generateKeyPairSync('rsa', { modulusLength: 1024 })
const strangerKeys = await generateKeyPair('ES256')

beforeAll(async () => {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const weakJwk = { ...weakKeys.publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256', use: 'sig' }
  issuerServer = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk, weakJwk] })),
  )
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve))
  const { port } = issuerServer.address() as AddressInfo
  gateway = await openGateway({
    config: { JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`, JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
  })
  organizationId = (await gateway.tenant('agent')).organization.id
})
afterAll(async () => {
  await gateway.close()
  issuerServer.closeAllConnections()
  await new Promise((resolve) => issuerServer.close(resolve))
})

function claims(overrides: Record<string, unknown> = {}): JWTPayload {
  const exp = Math.floor(Date.now() / 1000) + 60
  return { sub: 'amina', organization_id: organizationId, role: 'supervisor', iss: issuer, aud: audience, exp, ...overrides }
}

const signed = (payload: JWTPayload, key = keys.privateKey, kid = 'k1') =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(key)

test('a user with a token of the configured issuer is recognized with organization and role', async () => {
  const { body } = await gateway.call<Echo>(await signed(claims()), 'GET', '/programs')
  expect(body.identity).toMatchObject({ organizationId, role: 'supervisor', subject: 'user:amina', country: 'MA' })
})

describe('a token is refused if it', () => {
  test.each<[string, Record<string, unknown>]>([
    ['has expired', { exp: 1_700_000_000 }],
    ['never expires', { exp: undefined }],
    ['is for another audience', { aud: 'another' }],
    ['comes from another issuer', { iss: 'https://evil.example.com' }],
    ['names no organization', { organization_id: undefined }],
    ['names an organization that does not exist', { organization_id: '018f0000-0000-7000-8000-0000000000ff' }],
    ['names an organization by something other than an id', { organization_id: 'acme' }],
    ['names an unknown role', { role: 'owner' }],
    ['makes a tenant’s user the platform’s admin', { role: 'platform_admin' }],
    ['names no user', { sub: undefined }],
  ])('%s', async (_what, overrides) => {
    const answer = await gateway.call(await signed(claims(overrides)), 'GET', '/programs')
    expect(refusal(answer)).toEqual(refused(401, 'UnauthorizedError'))
  })

  test('is signed with another key', async () => {
    for (const kid of ['k1', 'k2']) {
      const answer = await gateway.call(await signed(claims(), strangerKeys.privateKey, kid), 'GET', '/programs')
      expect(refusal(answer)).toEqual(refused(401, 'UnauthorizedError'))
    }
  })

  test('is signed with a key of the issuer that is too weak', async () => {
    const token = [{ alg: 'RS256', kid: 'weak' }, claims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign('sha256', Buffer.from(token), weakKeys.privateKey).toString('base64url')
    expect(refusal(await gateway.call(`${token}.${signature}`, 'GET', '/programs'))).toEqual(refused(401, 'UnauthorizedError'))
  })

  test('is not signed, or signed with the public key as a secret', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${encode({ alg: 'none' })}.${encode(claims())}.x`
    expect((await gateway.call(unsigned, 'GET', '/programs')).status).toBe(401)
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)))
    const symmetric = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret)
    expect((await gateway.call(symmetric, 'GET', '/programs')).status).toBe(401)
  })
})

test('a token that cannot be checked because its issuer is away is answered with 503, not 401', async () => {
  const other = await openGateway({
    service: { database: gateway.service.database, nats: gateway.service.nats },
    config: { JWT_JWKS_URL: 'http://127.0.0.1:1/keys', JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
  })
  expect(refusal(await other.call(await signed(claims()), 'GET', '/programs'))).toEqual(refused(503, 'ServiceUnavailableError'))
  await other.close()
})
