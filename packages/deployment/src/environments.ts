import type { ServiceName } from '@carillon/contracts/services'
import { BridgeEnvironment } from '@carillon/dialer-bridge/config'
import { GatewayEnvironment } from '@carillon/gateway/config'
import { OrchestratorEnvironment } from '@carillon/orchestrator/config'
import { loadConfig, ServiceEnvironment } from '@carillon/service-kit/process/config'
import type { TObject } from '@sinclair/typebox'

/** What each service reads from its environment. */
const environments: Record<ServiceName, TObject> = {
  'program-api': ServiceEnvironment,
  billing: ServiceEnvironment,
  reporting: ServiceEnvironment,
  'dialer-bridge': BridgeEnvironment,
  orchestrator: OrchestratorEnvironment,
  gateway: GatewayEnvironment,
}

/** The variables that the service does not know. */
export function unknownVariables(service: ServiceName, environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).filter((name) => !(name in environments[service].properties))
}

/** Throws a `ConfigurationError` if the service would not start with this environment. */
export function checkEnvironment(service: ServiceName, environment: Readonly<Record<string, string>>): void {
  loadConfig(environments[service], { ...environment })
}
