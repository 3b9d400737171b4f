import { createHash } from 'node:crypto'
import type { CreateApiKeyRequest } from '@carillon/contracts/api-key'
import { type Identity, includesRole, type Role } from '@carillon/contracts/identity'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import type { Organization } from './organization.ts'

/** An API key as it is stored: its hash instead of the key. Instants are epoch milliseconds. */
export interface ApiKey {
  id: string
  organizationId: string
  name: string
  role: Role
  prefix: string
  /** SHA-256 of the key. */
  hash: Buffer
  /** It comes from the configuration (`PLATFORM_API_KEY`). */
  isConfigured: boolean
  createdAtMs: number
  revokedAtMs: number | null
  lastUsedAtMs: number | null
}

/** The number of random bytes in a key. */
export const keyBytes = 32

export function keyText(random: Uint8Array): string {
  return `ck_${Buffer.from(random).toString('base64url')}`
}

/** SHA-256. A key is found by it. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/**
 * A key of the caller's organization, with at most the caller's role. Only the platform's organization has keys of the role platform_admin:
 * if a tenant had one, an admin of the tenant who came by it could take over the platform.
 */
export function newApiKey(
  id: string,
  key: string,
  request: CreateApiKeyRequest,
  by: Identity,
  organization: Organization,
  nowMs: number,
): ApiKey {
  if (!includesRole(by.role, request.role)) throw forbidden(`A ${by.role} cannot create a key of the role ${request.role}`)
  if (request.role === 'platform_admin' && !organization.isPlatform) {
    throw invalidField('/role', 'platform_admin is for keys of the platform’s own organization')
  }
  return storedKey(id, key, { ...request, organizationId: organization.id, isConfigured: false }, nowMs)
}

/** The key of the configuration (`PLATFORM_API_KEY`). */
export function configuredKey(id: string, key: string, platform: Organization, nowMs: number): ApiKey {
  return storedKey(id, key, { name: 'PLATFORM_API_KEY', role: 'platform_admin', organizationId: platform.id, isConfigured: true }, nowMs)
}

/** Throws if the caller may not revoke the key. */
export function checkRevocation(key: ApiKey, by: Identity): void {
  if (!includesRole(by.role, key.role)) throw forbidden(`A ${by.role} cannot revoke a key of the role ${key.role}`)
  if (key.isConfigured && key.revokedAtMs === null) {
    throw new DomainError('conflict', 'ApiKeyConfiguredError', 'This key comes from the configuration (PLATFORM_API_KEY). Change it there')
  }
}

type Grant = Pick<ApiKey, 'name' | 'role' | 'organizationId' | 'isConfigured'>

function storedKey(id: string, key: string, { name, role, organizationId, isConfigured }: Grant, nowMs: number): ApiKey {
  return {
    id,
    organizationId,
    name,
    role,
    prefix: key.slice(0, 8),
    hash: hashOf(key),
    isConfigured,
    createdAtMs: nowMs,
    revokedAtMs: null,
    lastUsedAtMs: null,
  }
}

const forbidden = (message: string) => new DomainError('forbidden', 'ForbiddenError', message)
