import type { Identity } from '@carillon/contracts/identity'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { internalAuth } from './internal-auth.ts'

const secret = 'a secret of the tests alone'
const identity: Identity = {
  organizationId: '018f0000-0000-7000-8000-00000000000a',
  role: 'supervisor',
  subject: 'user:test',
  country: 'MA',
  timezone: 'Africa/Casablanca',
}
const auth = internalAuth(secret)
const refused = { kind: 'unauthenticated', name: 'UnauthorizedError', message: 'Missing or invalid credentials' }

const signed = (claims: Record<string, unknown>, issuer = 'carillon') =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuer(issuer).setExpirationTime('60s').sign(new TextEncoder().encode(secret))

afterEach(() => void vi.useRealTimers())

test('an identity that was signed is verified', async () => {
  expect(await auth.verify(await auth.sign(identity))).toEqual(identity)
})

test('a token is valid for a minute', async () => {
  const token = await auth.sign(identity)
  vi.useFakeTimers({ now: Date.now() + 55_000, toFake: ['Date'] })
  await expect(auth.verify(token)).resolves.toEqual(identity)
  vi.setSystemTime(Date.now() + 10_000)
  await expect(auth.verify(token)).rejects.toMatchObject(refused)
})

test.each<[string, () => Promise<string> | string | undefined]>([
  ['no token', () => undefined],
  ['an empty token', () => ''],
  ['no JWT', () => 'nonsense'],
  ['another secret', () => internalAuth('another secret of the tests').sign(identity)],
  ['another issuer', () => signed({ identity }, 'someone')],
  ['no identity', () => signed({})],
  ['a role that does not exist', () => signed({ identity: { ...identity, role: 'king' } })],
  ['no signature', () => new UnsecuredJWT({ identity }).setIssuer('carillon').setExpirationTime('60s').encode()],
])('a request with %s is refused without a reason', async (_case, token) => {
  await expect(auth.verify(await token())).rejects.toMatchObject(refused)
})
