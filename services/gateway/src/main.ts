import { fileURLToPath } from 'node:url'
import { runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'
import { GatewayEnvironment } from './config.ts'

await runService({
  name: 'gateway',
  environment: GatewayEnvironment,
  migrations: fileURLToPath(new URL('../migrations/', import.meta.url)),
  build: buildApp,
})
