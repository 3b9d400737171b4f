import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** A container that runs a service. */
export interface Container {
  readonly name: string
  readonly args: readonly string[]
  /** A value that stands elsewhere, such as in a secret, is shown as a plausible one. */
  readonly environment: Readonly<Record<string, string>>
}

/** The containers of `docker-compose.yml` that run the product's image. Variables of the shell take their defaults. */
export function composeContainers(root: string): Container[] {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8').replace(/\$\{\w+:-([^}]*)\}/g, '$1')
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> }
  return Object.entries(services)
    .filter(([, { image }]) => image === 'carillon')
    .map(([name, { command, environment }]) => ({ name, args: command, environment: textual(environment) }))
}

interface ComposeService {
  image: string
  command: string[]
  environment: Record<string, unknown>
}

/** An object of Kubernetes, as far as it is looked at. */
export interface Manifest {
  kind: string
  metadata: { name: string; labels?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: its shape depends on the kind
  spec: any
  data?: Record<string, string>
}

/** All objects of the base. */
export function manifests(root: string): Manifest[] {
  const folder = join(root, 'deploy/kubernetes/base')
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
  return files.flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest))
}

/** The containers of the Deployments, each with the settings that all share. */
export function kubernetesContainers(objects: readonly Manifest[]): Container[] {
  const shared = objects.find(({ kind }) => kind === 'ConfigMap')?.data ?? {}
  return objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata, spec }) => {
      const [container] = spec.template.spec.containers
      const env = container.env as { name: string; value?: string }[]
      return {
        name: metadata.name,
        args: container.args as string[],
        environment: { ...shared, ...Object.fromEntries(env.map(({ name, value }) => [name, value ?? secretOf(name)])) },
      }
    })
}

/** A plausible value of a secret. */
function secretOf(name: string): string {
  const values: Record<string, string> = {
    DATABASE_URL: 'postgres://role:password@postgres:5432/carillon',
    NATS_URL: 'nats://nats:4222',
    REDIS_URL: 'redis://redis:6379',
  }
  return values[name] ?? 'a-secret-of-enough-characters-0123456789'
}

const textual = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
