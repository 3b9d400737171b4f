/** What a caller proves its identity with. */
export type Credential = { type: 'api-key'; key: string } | { type: 'jwt'; token: string }

const bearer = /^Bearer +([\w.~+/=-]{1,8192})$/i

/** Reads an `Authorization` header (RFC 6750). Null if it holds no bearer token. A token of three parts is a JWT (RFC 7519), any other an API key. */
export function credentialOf(header: string | undefined): Credential | null {
  const text = bearer.exec(header ?? '')?.[1]
  if (text === undefined) return null
  return text.split('.').length === 3 ? { type: 'jwt', token: text } : { type: 'api-key', key: text }
}
