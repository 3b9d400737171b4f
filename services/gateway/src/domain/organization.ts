import { isTimezone, timezoneOfCountry, timezonesOfCountry } from '@carillon/calling-time/timezone'
import type { Organization as OrganizationResponse, UpdateOrganizationRequest } from '@carillon/contracts/organization'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'

/** A tenant. Instants are epoch milliseconds. */
export interface Organization {
  id: string
  name: string
  /** ISO 3166-1 alpha-2. */
  country: string
  /** IANA name. */
  timezone: string
  /** The platform team's own. */
  isPlatform: boolean
  createdAtMs: number
  updatedAtMs: number
}

interface NewOrganization {
  name: string
  country: string
  timezone?: string
}

/** Throws a ValidationError for an unknown country or time zone, and for a country of several time zones without one that is named. */
export function newOrganization(id: string, { name, country, timezone }: NewOrganization, nowMs: number): Organization {
  checkCountry(country)
  return {
    id,
    name,
    country,
    timezone: timezone === undefined ? onlyTimezoneOf(country, nowMs) : checkedTimezone(timezone),
    isPlatform: false,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  }
}

/** The organization that the platform team's own keys belong to. It lies in no country: `ZZ` is the code that ISO 3166 leaves for that. */
export function platformOrganization(id: string, nowMs: number): Organization {
  return { id, name: 'Platform', country: 'ZZ', timezone: 'UTC', isPlatform: true, createdAtMs: nowMs, updatedAtMs: nowMs }
}

/** A new country leaves the time zone as it is. */
export function changedOrganization(organization: Organization, change: UpdateOrganizationRequest, nowMs: number): Organization {
  if (change.country !== undefined) checkCountry(change.country)
  if (change.timezone !== undefined) checkedTimezone(change.timezone)
  return { ...organization, ...change, updatedAtMs: nowMs }
}

export function toResponse(organization: Organization): OrganizationResponse {
  const { id, name, country, timezone, createdAtMs, updatedAtMs } = organization
  return { id, name, country, timezone, createdAt: toIso(createdAtMs), updatedAt: toIso(updatedAtMs) }
}

function checkCountry(country: string): void {
  if (timezonesOfCountry(country).length === 0) throw invalidField('/country', 'is not a country of ISO 3166-1')
}

function checkedTimezone(timezone: string): string {
  if (!isTimezone(timezone)) throw invalidField('/timezone', 'is not an IANA time zone')
  return timezone
}

function onlyTimezoneOf(country: string, nowMs: number): string {
  const timezone = timezoneOfCountry(country, nowMs)
  // A guess would have people called in the middle of their night.
  if (timezone === null) throw invalidField('/timezone', 'is required: the country has several time zones')
  return timezone
}
