import { isTimezone, timezoneOfCountry, timezonesOfCountry } from '@carillon/calling-time/timezone'
import { withoutNulls } from '@carillon/contracts/optional-null'
import type { CreateOrganizationRequest, UpdateOrganizationRequest } from '@carillon/contracts/organization'
import type { CallingHours, Pacing } from '@carillon/contracts/program'
import { invalidField } from '@carillon/service-kit/domain/domain-error'

/** A tenant. Instants are epoch milliseconds. */
export interface Organization {
  id: string
  name: string
  /** ISO 3166-1 alpha-2. */
  country: string
  /** IANA name. */
  timezone: string
  /** Defaults of programs and call requests; null: not set. */
  callingHours: CallingHours | null
  pacing: Pacing | null
  amd: boolean | null
  /** It is the platform team's own organization. */
  isPlatform: boolean
  createdAtMs: number
  updatedAtMs: number
}

type Defaults = Pick<Organization, 'callingHours' | 'pacing' | 'amd'>

const noDefaults: Defaults = { callingHours: null, pacing: null, amd: null }

/** Throws a ValidationError for an unknown country or time zone, and if the country has several time zones and none is given. */
export function newOrganization(id: string, request: CreateOrganizationRequest, nowMs: number): Organization {
  const { name, country, timezone } = request
  checkCountry(country)
  return {
    id,
    name,
    country,
    timezone: timezone === undefined ? onlyTimezoneOf(country, nowMs) : checkedTimezone(timezone),
    ...noDefaults,
    ...defaultsIn(request),
    isPlatform: false,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  }
}

/** The organization of the platform team's own keys. It is in no country: ISO 3166 never assigns the code `ZZ`. */
export function platformOrganization(id: string, nowMs: number): Organization {
  return { id, name: 'Platform', country: 'ZZ', timezone: 'UTC', ...noDefaults, isPlatform: true, createdAtMs: nowMs, updatedAtMs: nowMs }
}

/** A change of the country does not change the time zone. */
export function changedOrganization(organization: Organization, change: UpdateOrganizationRequest, nowMs: number): Organization {
  if (change.country !== undefined) checkCountry(change.country)
  if (change.timezone !== undefined) checkedTimezone(change.timezone)
  const { callingHours, pacing, amd, ...others } = change
  return { ...organization, ...others, ...defaultsIn(change), updatedAtMs: nowMs }
}

/** The defaults that a request names. */
function defaultsIn({ callingHours, pacing, amd }: UpdateOrganizationRequest): Partial<Defaults> {
  return {
    ...(callingHours === undefined ? {} : { callingHours: callingHours && withoutNulls(callingHours) }),
    ...(pacing === undefined ? {} : { pacing: pacing && withoutNulls(pacing) }),
    ...(amd === undefined ? {} : { amd }),
  }
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
