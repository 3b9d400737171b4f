import { toIso } from '@carillon/contracts/instant'
import type { Organization as OrganizationResponse } from '@carillon/contracts/organization'
import type { Organization } from '../domain/organization.ts'

export function organizationResponse({ isPlatform, createdAtMs, updatedAtMs, ...shown }: Organization): OrganizationResponse {
  return { ...shown, createdAt: toIso(createdAtMs), updatedAt: toIso(updatedAtMs) }
}
