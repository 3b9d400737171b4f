import { parseArgs } from 'node:util'
import { installationDir } from '../repository.ts'
import { serviceNames } from '../service-names.ts'
import { UserError } from '../user-error.ts'
import { runDev } from './dev-stack.ts'

const usage = `npm run dev [-- SERVICE… --inspect]

Starts the servers and all services, and restarts a service when its source changes, or that of a package that it uses.
Named services are watched and their logs are shown; without a name, all are. --inspect opens a debugger port for each of them.
Services: ${serviceNames.join(', ')}
`

/** `npm run dev [-- service… --inspect]`: runs until Ctrl-C. */
export async function devCommand(args: string[], signal: AbortSignal): Promise<number> {
  const options = { inspect: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const watched = positionals.map((given) => {
    const name = serviceNames.find((candidate) => candidate === given)
    if (!name) throw new UserError(`there is no service "${given}"; there are ${serviceNames.join(', ')}`, 2)
    return name
  })
  await runDev({
    dataDir: installationDir,
    watched: watched.length > 0 ? watched : serviceNames,
    inspect: values.inspect === true,
    say: (line) => process.stdout.write(`${line}\n`),
    signal,
  })
  return 0
}
