import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startServers } from '@carillon/dev-stack/servers/servers'
import { createSupervisor } from '@carillon/dev-stack/supervisor'
import { fromTestRun } from './slot.ts'

/** A NATS server of the test's own, which it may kill. */
export interface OwnNats {
  url: string
  /** The folder of the streams' files. */
  storeDir: string
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again at the same address, with what is in the folder. */
  restart(): Promise<void>
  close(): Promise<void>
}

export async function ownNats(): Promise<OwnNats> {
  const dataDir = join(fromTestRun('TEST_DATA_DIR'), 'stacks', randomUUID())
  mkdirSync(dataDir, { recursive: true })
  const supervisor = createSupervisor(dataDir)
  const servers = await startServers({
    supervisor,
    dataDir,
    ephemeral: false,
    superuserPassword: randomUUID(),
    only: ['nats'],
    useEnvironment: false,
  })
  return {
    url: servers.natsUrl,
    storeDir: join(dataDir, 'nats', 'jetstream'),
    kill: () => servers.kill('nats'),
    restart: () => servers.restart('nats'),
    async close() {
      await servers.stop()
      await supervisor.close()
    },
  }
}
