import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openInstallation } from '../installation.ts'
import { unlessAborted } from '../interruption.ts'
import { firstExit, startStack } from '../stack.ts'
import { step } from '../step.ts'

/** `npm start`. */
export async function startCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args, options: { speed: { type: 'string', default: '1' } }, strict: true })
  const installation = await openInstallation({ speed: Number(values.speed) })
  try {
    const stack = await startStack({
      ...installation,
      natsUrl: installation.servers.natsUrl,
      redisUrl: installation.servers.redisUrl,
      carrier: { profilePath: '', seed: 7, logPath: join(installation.dataDir, 'originates.log') },
      maxChannels: 500,
      logLevel: 'info',
      gatewayPort: 8080,
    })
    step(`${stack.gatewayUrl} key ${installation.secrets.platformApiKey}`)
    throw new Error(await unlessAborted(signal, firstExit(stack)))
  } finally {
    await installation.close()
  }
}
