import { fileURLToPath } from 'node:url'
import { runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'
import { OrchestratorEnvironment } from './config.ts'

await runService({
  name: 'orchestrator',
  environment: OrchestratorEnvironment,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  build: buildApp,
})
