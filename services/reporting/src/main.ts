import { fileURLToPath } from 'node:url'
import { loadConfig, ServiceEnvironment } from '@carillon/service-kit/config'
import { openService, runService } from '@carillon/service-kit/service'
import { buildApp } from './app.ts'
import { rebuild } from './rebuild.ts'

const name = 'reporting'
const migrations = fileURLToPath(new URL('../migrations/', import.meta.url))

if (process.argv[2] === 'rebuild') {
  const { deps, close } = await openService(name, loadConfig(ServiceEnvironment, process.env), migrations)
  await rebuild(deps.database, deps.nats)
  deps.logger.info('read models thrown away: they are built again from the streams')
  await close()
} else {
  await runService({ name, environment: ServiceEnvironment, migrations, build: buildApp })
}
