import type { Static, TObject } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** The service cannot run with its environment. The message has a line per variable. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

/** What every service reads from its environment. */
export const ServiceEnvironment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  SERVICE_PORT: Type.Integer({ default: 0, minimum: 0, maximum: 65_535 }),
  DATABASE_URL: Type.String({ minLength: 1 }),
  DATABASE_CONNECTIONS: Type.Integer({ default: 10, minimum: 2, maximum: 200 }),
  NATS_URL: Type.String({ minLength: 1 }),
  /** Copies of each stream: 3 on a cluster. */
  NATS_REPLICAS: Type.Integer({ default: 1, minimum: 1, maximum: 5 }),
  INTERNAL_AUTH_SECRET: Type.String({ minLength: 16 }),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
  /** How long a replica that no longer answers keeps its lanes, in real milliseconds. */
  LEASE_TTL_MS: Type.Integer({ default: 6_000, minimum: 500 }),
  CLOCK_SPEED: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000 })),
  CLOCK_REAL_ANCHOR: Type.Optional(Type.String()),
  CLOCK_VIRTUAL_ANCHOR: Type.Optional(Type.String()),
})
export type ServiceEnvironment = Static<typeof ServiceEnvironment>

/**
 * Reads and checks a service's environment: text is converted to the schema's types, defaults are filled in.
 * Throws a {@link ConfigurationError} that names every invalid variable.
 */
export function loadConfig<T extends TObject>(schema: T, environment: Record<string, string | undefined>): Static<T> {
  const picked: Record<string, unknown> = {}
  for (const name of Object.keys(schema.properties)) {
    const value = environment[name]
    if (value !== undefined && value !== '') picked[name] = value
  }
  const candidate = Value.Convert(schema, Value.Default(schema, picked))
  if (Value.Check(schema, candidate)) return candidate
  const problems = [...Value.Errors(schema, candidate)].map((error) => `${error.path.slice(1)}: ${error.message}`)
  throw new ConfigurationError(`The environment is not valid:\n  ${[...new Set(problems)].join('\n  ')}`)
}
