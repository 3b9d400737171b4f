import { fileURLToPath } from 'node:url'
import { runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'
import { BridgeEnvironment } from './config.ts'

await runService({
  name: 'dialer-bridge',
  environment: BridgeEnvironment,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  build: buildApp,
})
