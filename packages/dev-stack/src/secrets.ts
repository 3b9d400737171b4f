import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type ServiceName, serviceNames } from '@carillon/contracts/services'

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
  /** The sample's organization and an admin's keys to it, after its first run: every start shows the same keys. */
  sample?: SampleAccess
}

export interface SampleAccess {
  organizationId: string
  apiKey: string
  /** Of test mode. Absent in a file from before there was one. */
  testApiKey?: string
}

/**
 * Reads the secrets in the file (mode 0600), which is created if it does not exist. Safe when two commands start at the same time. A service that was
 * added since then gets a password for its role.
 */
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
  const secrets = JSON.parse(readFileSync(path, 'utf8')) as Secrets
  const added = serviceNames.filter((service) => !(service in secrets.rolePasswords))
  if (added.length === 0) return secrets
  const complete = { ...secrets, rolePasswords: { ...newPasswords(added), ...secrets.rolePasswords } }
  replace(path, complete)
  return complete
}

/** Writes the sample's access to the file and replaces an earlier one. */
export function keepSampleAccess(path: string, sample: SampleAccess): void {
  replace(path, { ...loadSecrets(path), sample })
}

function replace(path: string, secrets: Secrets): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}

function newSecrets(): Secrets {
  return {
    superuserPassword: token(),
    rolePasswords: newPasswords(serviceNames),
    internalAuthSecret: token(),
    platformApiKey: `carillon_${token()}`,
  }
}

function newPasswords(services: readonly ServiceName[]): Record<ServiceName, string> {
  return Object.fromEntries(services.map((service) => [service, token()])) as Record<ServiceName, string>
}

/** 192 random bits that need no escaping in a URL. */
function token(): string {
  return randomBytes(24).toString('base64url')
}
