import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@carillon/dev-stack/clock'
import { installationDir } from '@carillon/dev-stack/repository'
import { loadSecrets, type Secrets } from '@carillon/dev-stack/secrets'
import type { CarrierOptions } from '@carillon/dev-stack/service-environment'
import { type Stack, type StackOptions, startStack } from '@carillon/dev-stack/stack'
import { createSupervisor } from '@carillon/dev-stack/supervisor'
import { emptyDatabase } from './database.ts'
import { testNats } from './nats.ts'
import { testRedisUrl } from './redis.ts'
import { fromTestRun } from './slot.ts'

export type TestStackOptions = {
  carrier: Pick<CarrierOptions, 'profilePath' | 'seed'>
  /** The speed of platform time. */
  speed?: number
  maxChannels?: number
} & Partial<Pick<StackOptions, 'only' | 'extraEnvironment' | 'natsUrl' | 'redisUrl' | 'databaseUrls' | 'logLevel' | 'nodeOptions'>>

export type TestStack = Stack & {
  clock: Clock
  secrets: Secrets
  /** With user and password where the server has accounts. */
  natsUrl: string
  /** The file in which the simulated carrier writes a line for every originate. */
  originatesPath: string
  logsDir: string
  /** Stops the services and drops their database. */
  close(): Promise<void>
}

/** All services as processes, with a database, streams and a Redis database for this test file. Other servers may be given. */
export async function testStack(options: TestStackOptions): Promise<TestStack> {
  const { speed = 1, carrier, ...others } = options
  const dir = join(fromTestRun('TEST_DATA_DIR'), 'stacks', randomUUID())
  const logsDir = join(dir, 'logs')
  mkdirSync(logsDir, { recursive: true })
  const supervisor = createSupervisor(dir)
  const secrets = loadSecrets(join(installationDir, 'secrets.json'))
  const database = await emptyDatabase()
  const nats = await testNats()
  await nats.close()
  const clock = { realAnchorMs: Date.now(), virtualAnchorMs: Date.now(), speed }
  const originatesPath = join(dir, 'originates.log')
  const close = async () => {
    await supervisor.close()
    await database.drop()
  }
  try {
    const stack = await startStack({
      supervisor,
      logsDir,
      databaseUrls: database.urls,
      natsUrl: nats.url,
      redisUrl: testRedisUrl(),
      secrets,
      clock,
      maxChannels: 200,
      logLevel: 'info',
      ...others,
      carrier: { ...carrier, logPath: originatesPath },
    })
    return { ...stack, clock, secrets, natsUrl: others.natsUrl ?? nats.url, originatesPath, logsDir, close }
  } catch (error) {
    await close()
    throw error
  }
}
