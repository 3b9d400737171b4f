import { maxAttempts } from '@carillon/calling-time/retry'
import { ApiError } from '@carillon/client/api-error'
import { type Client, createClient } from '@carillon/client/client'
import { keepSampleAccess, type SampleAccess, type Secrets } from '../secrets.ts'
import type { Campaign } from './campaign.ts'
import type { Plan } from './plan.ts'

/** An organization that a run takes place in, with an admin's key to it, and one for test mode. */
export type OrganizationAccess = Required<SampleAccess>

/** What every run begins with. */
const firstCredits = 10_000
/** Ten minutes by the platform's rate card, rounded up. */
const creditsACall = 50
/** The largest adjustment that billing takes. */
const mostCredits = 1_000_000_000

/**
 * The sample's organization as an earlier run left it, or a new one, made with the platform's key. It holds 10 000 credits at
 * least.
 */
export async function openOrganization(
  gatewayUrl: string,
  { organization }: Plan,
  { secrets, secretsPath }: { secrets: Secrets; secretsPath: string },
): Promise<OrganizationAccess> {
  const kept = organization.isSample && secrets.sample && (await isValid(gatewayUrl, secrets.sample.apiKey)) ? secrets.sample : null
  const { organizationId, apiKey } = kept ?? (await createOrganization(gatewayUrl, organization, secrets))
  const platform = actingFor(gatewayUrl, secrets, organizationId)
  const keptTestKey = kept?.testApiKey
  const hasTestKey = keptTestKey !== undefined && (await isValid(gatewayUrl, keptTestKey))
  const access = { organizationId, apiKey, testApiKey: hasTestKey ? keptTestKey : await newKey(platform, 'test') }
  if (organization.isSample && !hasTestKey) keepSampleAccess(secretsPath, access)

  await keepCredits(platform, firstCredits)
  return access
}

/** Adds what the balance lacks of `credits`. Without credits nobody is called (contract rule 32). */
export async function keepCredits(platform: Client, credits: number): Promise<void> {
  const { balance } = await platform.billing.account()
  if (balance < credits) await platform.billing.addCredits({ amount: Number((credits - balance).toFixed(6)), reason: 'npm start' })
}

/** Enough for a campaign: ten minutes a call, for every call that it may take. */
export function creditsFor({ imported, program }: Campaign): number {
  const calls = (imported.created + imported.updated) * maxAttempts(program.retryStrategy)
  return Math.min(Math.max(firstCredits, calls * creditsACall), mostCredits)
}

/** The platform's key, acting for one organization. */
export function actingFor(gatewayUrl: string, secrets: Secrets, organizationId: string): Client {
  return createClient({ baseUrl: gatewayUrl, apiKey: secrets.platformApiKey, organizationId })
}

async function createOrganization(gatewayUrl: string, { name, country, timezone }: Plan['organization'], secrets: Secrets) {
  const platform = createClient({ baseUrl: gatewayUrl, apiKey: secrets.platformApiKey })
  const { id: organizationId } = await platform.organizations.create({ name, country, timezone })
  return { organizationId, apiKey: await newKey(actingFor(gatewayUrl, secrets, organizationId), 'live') }
}

async function newKey(platform: Client, mode: 'live' | 'test'): Promise<string> {
  const { key } = await platform.apiKeys.create({ name: 'npm start', role: 'admin', mode })
  if (key === null) throw new Error('the gateway made an API key and did not show it')
  return key
}

/** False when the database was deleted or the key revoked. */
async function isValid(gatewayUrl: string, apiKey: string): Promise<boolean> {
  try {
    await createClient({ baseUrl: gatewayUrl, apiKey }).organizations.current()
    return true
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 401) return false
    throw error
  }
}
