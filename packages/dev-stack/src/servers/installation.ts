import { existsSync } from 'node:fs'
import { type CommandResult, runCommand } from '../run-command.ts'
import { step } from '../step.ts'
import { UserError } from '../user-error.ts'
import { findOnPath, postgresDirs } from './binaries.ts'
import type { ServerName } from './server.ts'

/** Debian's and Ubuntu's packages. */
const debianPackages: Record<ServerName, string> = { postgres: 'postgresql', nats: 'nats-server', redis: 'redis-server' }

/**
 * Installs packages and leaves no daemon behind. The packages start their services as they are installed, unless
 * /usr/sbin/policy-rc.d forbids it; one that the machine has already is put back afterwards.
 */
const installScript = `
set -eu
policy=/usr/sbin/policy-rc.d
kept=$policy.before-carillon
restore() { if [ -e "$kept" ]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi; }
trap restore EXIT
trap 'exit 130' INT TERM HUP
if [ -e "$policy" ]; then mv -f "$policy" "$kept"; fi
printf '#!/bin/sh\\nexit 101\\n' > "$policy"
chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive
apt-get -q update || echo 'apt-get update failed; trying with the lists at hand'
apt-get -q install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
if command -v systemctl > /dev/null; then
  for package in "$@"; do systemctl -q disable "$package" || true; done
fi
`

/** Whether the machine has the server's programs. */
function isInstalled(server: ServerName): boolean {
  return server === 'postgres' ? postgresDirs().length > 0 : findOnPath(`${server}-server`) !== null
}

/** Sees to it that the machine has the programs of these servers, or throws one line that says how to get them. */
export async function ensureInstalled(servers: ServerName[]): Promise<void> {
  const missing = servers.filter((server) => !isInstalled(server))
  if (missing.length === 0) return
  const packages = missing.map((server) => debianPackages[server])
  const prefix = await aptPrefix()
  if (!prefix) throw new UserError(adviceFor(missing))

  const { exitCode, output } = await aptInstall(prefix, packages)
  if (exitCode !== 0 || !missing.every(isInstalled)) throw new UserError(`${output.trimEnd()}\n${adviceFor(missing)}`)
}

/** The programs that tests run besides the servers, and Debian's package of each. */
const testTools: Record<string, string> = { curl: 'curl', jq: 'jq', java: 'default-jre-headless', 'espeak-ng': 'espeak-ng' }

/** Installs the programs that tests run, where that is possible. A test says which program it misses. */
export async function installTestTools(): Promise<void> {
  const missing = Object.keys(testTools).filter((tool) => findOnPath(tool) === null)
  const prefix = missing.length === 0 ? null : await aptPrefix()
  if (!prefix) return
  const { exitCode, output } = await aptInstall(
    prefix,
    missing.map((tool) => testTools[tool] ?? tool),
  )
  if (exitCode !== 0) step(`${output.trimEnd()}\n${missing.join(', ')} could not be installed`)
}

async function aptInstall(prefix: string[], packages: string[]): Promise<CommandResult> {
  step(`installing ${packages.join(', ')} (apt-get)`)
  const [command = 'sh', ...args] = [...prefix, 'sh', '-c', installScript, 'install', ...packages]
  return runCommand(command, args)
}

/** What to put before a command so that it may install packages; null where we may not, or where there is no apt-get. */
async function aptPrefix(): Promise<string[] | null> {
  if (!existsSync('/usr/bin/apt-get')) return null
  if (process.getuid?.() === 0) return []
  const sudo = findOnPath('sudo')
  if (!sudo) return null
  const { exitCode } = await runCommand(sudo, ['-n', 'true'])
  return exitCode === 0 ? [sudo, '-n'] : null
}

function adviceFor(missing: ServerName[]): string {
  const packages = missing.map((server) => debianPackages[server]).join(' ')
  const install =
    process.platform === 'darwin' ? `brew install ${packages.replace('redis-server', 'redis')}` : `sudo apt-get install ${packages}`
  const variables = missing.map((server) => `${server === 'postgres' ? 'DATABASE' : server.toUpperCase()}_URL`).join(', ')
  return `${missing.join(', ')} missing: run "${install}", or start Docker, or set ${variables}`
}
