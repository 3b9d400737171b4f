/** The services in the order in which they are started; each is a folder under `services/`. */
export const serviceNames = ['program-api', 'billing', 'reporting', 'dialer-bridge', 'orchestrator', 'gateway'] as const

export type ServiceName = (typeof serviceNames)[number]

/** A service's Postgres schema; its role is `carillon_<schema>`. */
export function schemaOf(service: ServiceName): string {
  return service.replaceAll('-', '_')
}
