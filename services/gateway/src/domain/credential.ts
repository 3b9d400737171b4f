/** What a caller shows to be recognized. */
export type Credential = { type: 'api-key'; key: string } | { type: 'jwt'; token: string }

const bearer = /^Bearer +([\w.~+/=-]{1,8192})$/i

/** Reads an `Authorization` header (RFC 6750); null for anything but a bearer's. A JWT (RFC 7519) has three parts, an API key none. */
export function credentialOf(header: string | undefined): Credential | null {
  const text = bearer.exec(header ?? '')?.[1]
  if (text === undefined) return null
  return text.split('.').length === 3 ? { type: 'jwt', token: text } : { type: 'api-key', key: text }
}
