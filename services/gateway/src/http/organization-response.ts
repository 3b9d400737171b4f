import type { Organization as OrganizationResponse } from '@carillon/contracts/organization'
import { toIso } from '@carillon/service-kit/domain/instant'
import type { Organization } from '../domain/organization.ts'

export function organizationResponse({ id, name, country, timezone, createdAtMs, updatedAtMs }: Organization): OrganizationResponse {
  return { id, name, country, timezone, createdAt: toIso(createdAtMs), updatedAt: toIso(updatedAtMs) }
}
