import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand } from '../run-command.ts'
import { step } from '../step.ts'
import { UserError } from '../user-error.ts'

export interface SystemUser {
  uid: number
  gid: number
}

/** `ownFolder`: all that goes when the data is thrown away. */
type UserWithFolder = SystemUser & { dataDir: string; ownFolder: string }

/**
 * The system user of that name (else `nobody`), for a server that refuses to run as root, and a data folder that this user can reach:
 * `wantedDir`, or, when a folder above it is closed to others, one in the system's folder for temporary files.
 */
export async function unprivilegedUser(name: string, wantedDir: string): Promise<UserWithFolder> {
  const user = systemUser(name) ?? systemUser('nobody')
  if (!user) throw new UserError(`${name} does not run as root, and there is no user "${name}" or "nobody": run this as an ordinary user`)
  if (await canReach(user, dirname(wantedDir))) return { ...user, dataDir: wantedDir, ownFolder: wantedDir }

  const parent = join(tmpdir(), `carillon-${createHash('sha256').update(wantedDir).digest('hex').slice(0, 12)}`)
  mkdirSync(parent, { recursive: true })
  // Anyone could have made the folder before us in a place that is open to all.
  if (statSync(parent).uid !== process.getuid?.()) throw new UserError(`${parent} belongs to someone else: remove it and start again`)
  chmodSync(parent, 0o711)
  const dataDir = join(parent, name)
  step(`${name} cannot reach ${wantedDir} as its own user: its data is kept in ${dataDir}`)
  return { ...user, dataDir, ownFolder: parent }
}

async function canReach(user: SystemUser, dir: string): Promise<boolean> {
  mkdirSync(dir, { recursive: true })
  const { exitCode } = await runCommand('/bin/sh', ['-c', 'cd -- "$1"', 'sh', dir], { ...user, cwd: '/' })
  return exitCode === 0
}

/** passwd(5): name:password:uid:gid:… */
function systemUser(name: string): SystemUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null
}
