import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'

await runService({
  name: 'program-api',
  environment: ServiceEnvironment,
  migrations: decodeURIComponent(new URL('../migrations/', import.meta.url).pathname),
  build: buildApp,
})
