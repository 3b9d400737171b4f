import { accessSync, constants, readdirSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where packages put Postgres' server programs, which are on nobody's PATH; `*` is the version. */
const postgresInstallDirs = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
]

/** The program's path on PATH (or in the folders where administrators' programs are), null when the machine does not have it. */
export function findOnPath(program: string): string | null {
  const dirs = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return dirs.map((dir) => join(dir, program)).find(isExecutable) ?? null
}

/** The folders that hold both `postgres` and `initdb`, the highest version first. */
export function postgresDirs(): string[] {
  const onPath = findOnPath('postgres')
  const candidates = [
    ...postgresInstallDirs.flatMap(expand).sort(byVersionDescending),
    ...(onPath ? [join(realpathSync(onPath), '..')] : []),
  ]
  return [...new Set(candidates)].filter((dir) => isExecutable(join(dir, 'postgres')) && isExecutable(join(dir, 'initdb')))
}

function expand(pattern: string): string[] {
  const [parent = '', rest = ''] = pattern.split('*')
  const prefix = parent.slice(parent.lastIndexOf('/') + 1)
  const dir = parent.slice(0, parent.lastIndexOf('/'))
  try {
    return readdirSync(dir)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(dir, name, rest))
  } catch {
    return [] // the folder does not exist on this system
  }
}

function byVersionDescending(a: string, b: string): number {
  return b.localeCompare(a, 'en', { numeric: true })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
