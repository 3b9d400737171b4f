import { fileURLToPath } from 'node:url'
import { runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'
import { BridgeEnvironment } from './config.ts'

await runService({
  name: 'dialer-bridge',
  environment: BridgeEnvironment,
  stopMs: ({ DRAIN_MS }) => DRAIN_MS,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  build: buildApp,
})
