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
const noon = Date.UTC(2026, 0, 1, 12)
let nowMs = noon
const auth = internalAuth(secret, () => nowMs)
const refused = { kind: 'unauthenticated', name: 'UnauthorizedError', message: 'Missing or invalid credentials' }

const signed = (claims: Record<string, unknown>, issuer = 'carillon') =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setExpirationTime(noon / 1_000 + 60)
    .sign(new TextEncoder().encode(secret))

afterEach(() => {
  nowMs = noon
  vi.useRealTimers()
})

test('an identity that was signed is verified', async () => {
  expect(await auth.verify(await auth.sign(identity))).toEqual(identity)
})

test('a token is valid for a minute, and for half a minute more', async () => {
  const token = await auth.sign(identity)
  nowMs = noon + 85_000
  await expect(auth.verify(token)).resolves.toEqual(identity)
  nowMs = noon + 91_000
  await expect(auth.verify(token)).rejects.toMatchObject(refused)
})

test.each([-3_600_000, 3_600_000])("the host's clock does not matter: it is set by %i ms", async (stepMs) => {
  vi.useFakeTimers({ now: Date.now() + stepMs, toFake: ['Date'] })
  const token = await auth.sign(identity)
  vi.setSystemTime(Date.now() - 2 * stepMs)
  await expect(auth.verify(token)).resolves.toEqual(identity)
})

test.each<[string, () => Promise<string> | string | undefined]>([
  ['no token', () => undefined],
  ['an empty token', () => ''],
  ['no JWT', () => 'nonsense'],
  ['another secret', () => internalAuth('another secret of the tests', () => nowMs).sign(identity)],
  ['another issuer', () => signed({ identity }, 'someone')],
  ['no identity', () => signed({})],
  [
    'no end',
    () => new SignJWT({ identity }).setProtectedHeader({ alg: 'HS256' }).setIssuer('carillon').sign(new TextEncoder().encode(secret)),
  ],
  ['a role that does not exist', () => signed({ identity: { ...identity, role: 'king' } })],
  [
    'no signature',
    () =>
      new UnsecuredJWT({ identity })
        .setIssuer('carillon')
        .setExpirationTime(noon / 1_000 + 60)
        .encode(),
  ],
])('a request with %s is refused without a reason', async (_case, token) => {
  await expect(auth.verify(await token())).rejects.toMatchObject(refused)
})
