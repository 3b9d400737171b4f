import { fileURLToPath } from 'node:url'
import { ServiceEnvironment } from '../../src/process/config.ts'
import { runService } from '../../src/process/service.ts'

/** A service that does nothing, as a process. */
await runService({
  name: 'program',
  environment: ServiceEnvironment,
  migrations: fileURLToPath(new URL('./migrations/', import.meta.url)),
  build: async () => ({ listen: async () => 'nowhere', drain: async () => undefined, close: async () => undefined }),
})
