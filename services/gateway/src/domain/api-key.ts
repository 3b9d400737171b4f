import { createHash } from 'node:crypto'
import type { ApiKey as ApiKeyResponse, CreateApiKeyRequest } from '@carillon/contracts/api-key'
import { type Identity, includesRole, type Role } from '@carillon/contracts/identity'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import type { Organization } from './organization.ts'

/** An API key as it is stored: without the key. Instants are epoch milliseconds. */
export interface ApiKey {
  id: string
  organizationId: string
  name: string
  role: Role
  prefix: string
  /** SHA-256 of the key. */
  hash: Buffer
  /** The one that the configuration names. */
  isConfigured: boolean
  createdAtMs: number
  revokedAtMs: number | null
  lastUsedAtMs: number | null
}

/** Random bytes in a key. */
export const keyBytes = 32

/** The text of a key. */
export function keyText(random: Uint8Array): string {
  return `ck_${Buffer.from(random).toString('base64url')}`
}

/** SHA-256, by which a key is found. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/**
 * A key of the caller's organization, with at most the caller's role. Only the platform's organization has keys of the role
 * platform_admin: whoever manages a tenant's keys could otherwise take over the platform with one that was left there.
 */
export function newApiKey(
  id: string,
  key: string,
  request: CreateApiKeyRequest,
  by: Identity,
  organization: Organization,
  nowMs: number,
): ApiKey {
  if (!includesRole(by.role, request.role)) throw forbidden(`A ${by.role} cannot make a key of the role ${request.role}`)
  if (request.role === 'platform_admin' && !organization.isPlatform) {
    throw invalidField('/role', 'platform_admin is for keys of the platform’s own organization')
  }
  return storedKey(id, key, { ...request, organizationId: organization.id, isConfigured: false }, nowMs)
}

/** The key that the configuration names. */
export function configuredKey(id: string, key: string, platform: Organization, nowMs: number): ApiKey {
  return storedKey(id, key, { name: 'PLATFORM_API_KEY', role: 'platform_admin', organizationId: platform.id, isConfigured: true }, nowMs)
}

/** Throws where the caller may not revoke the key. */
export function checkRevocation(key: ApiKey, by: Identity): void {
  if (!includesRole(by.role, key.role)) throw forbidden(`A ${by.role} cannot revoke a key of the role ${key.role}`)
  if (key.isConfigured && key.revokedAtMs === null) {
    throw new DomainError('conflict', 'ApiKeyConfiguredError', 'This key stands in the configuration (PLATFORM_API_KEY): change it there')
  }
}

export function toResponse(key: ApiKey): ApiKeyResponse {
  return {
    id: key.id,
    name: key.name,
    role: key.role,
    prefix: key.prefix,
    createdAt: toIso(key.createdAtMs),
    lastUsedAt: key.lastUsedAtMs === null ? null : toIso(key.lastUsedAtMs),
    revokedAt: key.revokedAtMs === null ? null : toIso(key.revokedAtMs),
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
