import { isTimezone, timezoneOfCountry, timezonesOfCountry } from '@carillon/calling-time/timezone'
import type { UpdateOrganizationRequest } from '@carillon/contracts/organization'
import { invalidField } from '@carillon/service-kit/domain/domain-error'

/** A tenant. Instants are epoch milliseconds. */
export interface Organization {
  id: string
  name: string
  /** ISO 3166-1 alpha-2. */
  country: string
  /** IANA name. */
  timezone: string
  /** It is the platform team's own organization. */
  isPlatform: boolean
  createdAtMs: number
  updatedAtMs: number
}

interface NewOrganization {
  name: string
  country: string
  timezone?: string
}

/** Throws a ValidationError for an unknown country or time zone, and if the country has several time zones and none is given. */
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

/** The organization of the platform team's own keys. It is in no country: ISO 3166 never assigns the code `ZZ`. */
export function platformOrganization(id: string, nowMs: number): Organization {
  return { id, name: 'Platform', country: 'ZZ', timezone: 'UTC', isPlatform: true, createdAtMs: nowMs, updatedAtMs: nowMs }
}

/** A change of the country does not change the time zone. */
export function changedOrganization(organization: Organization, change: UpdateOrganizationRequest, nowMs: number): Organization {
  if (change.country !== undefined) checkCountry(change.country)
  if (change.timezone !== undefined) checkedTimezone(change.timezone)
  return { ...organization, ...change, updatedAtMs: nowMs }
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
  // A wrong guess would mean calls at night.
  if (timezone === null) throw invalidField('/timezone', 'is required: the country has several time zones')
  return timezone
}
