import { fileURLToPath } from 'node:url'
import { loadConfig, ServiceEnvironment } from '@carillon/service-kit/process/config'
import { openService, runService } from '@carillon/service-kit/process/service'
import { buildApp } from './app.ts'
import { HistoryIncompleteError, rebuild } from './read-models/rebuild.ts'
import { readModels } from './read-models/registry.ts'

const name = 'reporting'
const migrations = fileURLToPath(new URL('../migrations/', import.meta.url))

/**
 * `main.ts rebuild [calls-v1 …]`: empties the named read models, or all of them, so that they are made again from the streams. Exits with code 1
 * if a name is unknown, or if a stream no longer holds all its events.
 */
async function rebuildCommand(names: readonly string[]): Promise<void> {
  const { deps, close } = await openService(name, loadConfig(ServiceEnvironment, process.env), migrations)
  try {
    const chosen = names.length === 0 ? readModels : readModels.filter(({ projection }) => names.includes(projection.name))
    if (chosen.length < names.length) {
      deps.logger.error({ names, known: readModels.map(({ projection }) => projection.name) }, 'no read model of that name')
      process.exitCode = 1
      return
    }
    await rebuild(deps.database, deps.nats, chosen)
    deps.logger.info(
      { readModels: chosen.map(({ projection }) => projection.name) },
      'read models emptied: they are made again from the streams',
    )
  } catch (error) {
    if (!(error instanceof HistoryIncompleteError)) throw error
    deps.logger.error({ err: error }, 'read models not emptied')
    process.exitCode = 1
  } finally {
    await close()
  }
}

const [command, ...names] = process.argv.slice(2)
if (command === 'rebuild') await rebuildCommand(names)
else await runService({ name, environment: ServiceEnvironment, migrations, build: (deps) => buildApp(deps) })
