import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { startBridge } from './bridge.ts'
import { configuredCarrier, reachesPeople } from './carriers/configured-carrier.ts'
import type { BridgeConfig } from './config.ts'

/** Builds the service, which takes orders at once. Its HTTP side has only health, readiness and metrics. */
export async function buildApp(deps: ServiceDeps, config: BridgeConfig): Promise<HttpApp> {
  const { logger, metrics, auth } = deps
  const bridge = await startBridge(deps, configuredCarrier(config, deps), {
    maxChannels: config.MAX_CHANNELS,
    staleMs: config.BRIDGE_STALE_MS,
    drainMs: config.DRAIN_MS,
    reachesPeople: reachesPeople(config),
  })
  deps.onStop(() => bridge.stop())
  return createHttpApp({ title: 'Dialer bridge', logger, metrics, auth, ready: () => deps.ready() })
}
