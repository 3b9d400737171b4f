import { toIso } from '@carillon/contracts/instant'
import type { Organization as OrganizationResponse } from '@carillon/contracts/organization'
import type { Organization } from '../domain/organization.ts'

export function organizationResponse({ id, name, country, timezone, createdAtMs, updatedAtMs }: Organization): OrganizationResponse {
  return { id, name, country, timezone, createdAt: toIso(createdAtMs), updatedAt: toIso(updatedAtMs) }
}
