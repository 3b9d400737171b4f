import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { configuredKey } from '../domain/api-key.ts'
import { platformOrganization } from '../domain/organization.ts'
import { putConfiguredKey } from '../store/api-keys.ts'
import { lockPlatformOrganization } from '../store/organizations.ts'

/**
 * Makes the configured key (`PLATFORM_API_KEY`) valid in the platform's organization, and revokes the one that it replaces. Several replicas may
 * run this at the same time.
 */
export async function ensureConfiguredKey({ database, clock, logger }: Pick<ServiceDeps, 'database' | 'clock' | 'logger'>, key: string) {
  const changed = await database.transaction(async (tx) => {
    const nowMs = clock.now()
    const platform = await lockPlatformOrganization(tx, platformOrganization(uuidv7(nowMs), nowMs))
    return putConfiguredKey(tx, configuredKey(uuidv7(nowMs), key, platform, nowMs))
  })
  if (changed) logger.info('the key of PLATFORM_API_KEY is now valid')
}
