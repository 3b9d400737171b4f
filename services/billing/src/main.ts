import { fileURLToPath } from 'node:url'
import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'

await runService({
  name: 'billing',
  environment: ServiceEnvironment,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  build: buildApp,
})
