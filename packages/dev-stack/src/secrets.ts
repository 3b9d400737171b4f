import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type ServiceName, serviceNames } from './service-names.ts'

/** The passwords and keys between the parts of this installation; random, made once. */
export interface Secrets {
  /** Of the superuser of a Postgres that we run ourselves. */
  superuserPassword: string
  /** Of each service's role. */
  rolePasswords: Record<ServiceName, string>
  /** Signs the calls of one service to another. */
  internalAuthSecret: string
  /** The API key of the first platform_admin. */
  platformApiKey: string
  /** The sample's organization and an admin's key to it, after its first run: every start shows the same key. */
  sample?: SampleAccess
}

export interface SampleAccess {
  organizationId: string
  apiKey: string
}

/** The secrets kept in the file (mode 0600), which is written if it does not exist. Safe when two commands start at the same time. */
export function loadSecrets(path: string): Secrets {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, `${JSON.stringify(newSecrets(), null, 2)}\n`, { mode: 0o600 })
    try {
      linkSync(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another command was faster: its secrets hold
    } finally {
      rmSync(draft)
    }
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Secrets
}

/** Writes the sample's access to the file and replaces an earlier one. */
export function keepSampleAccess(path: string, sample: SampleAccess): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify({ ...loadSecrets(path), sample }, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}

function newSecrets(): Secrets {
  return {
    superuserPassword: token(),
    rolePasswords: Object.fromEntries(serviceNames.map((service) => [service, token()])) as Record<ServiceName, string>,
    internalAuthSecret: token(),
    platformApiKey: `carillon_${token()}`,
  }
}

/** 192 random bits that need no escaping in a URL. */
function token(): string {
  return randomBytes(24).toString('base64url')
}
