import { fileURLToPath } from 'node:url'
import { loadConfig, ServiceEnvironment } from '@carillon/service-kit/process/config'
import { openService, runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'
import { HistoryIncomplete, rebuild } from './rebuild.ts'

const name = 'reporting'
const migrations = fileURLToPath(new URL('../migrations/', import.meta.url))

/** `main.ts rebuild`: exit code 1 where the streams no longer hold what the read models were made of. */
async function rebuildCommand(): Promise<void> {
  const { deps, close } = await openService(name, loadConfig(ServiceEnvironment, process.env), migrations)
  try {
    await rebuild(deps.database, deps.nats)
    deps.logger.info('read models thrown away: they are built again from the streams')
  } catch (error) {
    if (!(error instanceof HistoryIncomplete)) throw error
    deps.logger.error(error.message)
    process.exitCode = 1
  } finally {
    await close()
  }
}

if (process.argv[2] === 'rebuild') await rebuildCommand()
else await runService({ name, environment: ServiceEnvironment, migrations, build: buildApp })
