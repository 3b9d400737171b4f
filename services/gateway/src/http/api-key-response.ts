import type { ApiKey as ApiKeyResponse } from '@carillon/contracts/api-key'
import { toIso } from '@carillon/contracts/instant'
import type { ApiKey } from '../domain/api-key.ts'

export function apiKeyResponse({ id, name, role, mode, prefix, createdAtMs, lastUsedAtMs, revokedAtMs }: ApiKey): ApiKeyResponse {
  return {
    id,
    name,
    role,
    mode,
    prefix,
    createdAt: toIso(createdAtMs),
    lastUsedAt: lastUsedAtMs === null ? null : toIso(lastUsedAtMs),
    revokedAt: revokedAtMs === null ? null : toIso(revokedAtMs),
  }
}
