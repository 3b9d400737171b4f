import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@carillon/service-kit/process/clock'
import { ConfigurationError } from '@carillon/service-kit/process/config'
import type { BridgeConfig } from '../config.ts'
import type { Carrier, CarrierListener } from './carrier.ts'
import { originateLog } from './simulated/originate-log.ts'
import { type CarrierProfile, InvalidProfileError, readProfile } from './simulated/profile.ts'
import { simulatedCarrier } from './simulated/simulated-carrier.ts'

/** Makes a carrier that reports to a listener. */
export type CarrierFactory = (onEvent: CarrierListener) => Carrier

/** The carrier that the configuration names. Throws {@link ConfigurationError} for a profile that cannot be used. */
export function configuredCarrier(config: BridgeConfig, clock: Clock): CarrierFactory {
  const { SIMULATED_CARRIER_PROFILE: path, SIMULATED_CARRIER_SEED: seed, SIMULATED_CARRIER_LOG: logPath } = config
  const profile = loadProfile(path ?? fileURLToPath(new URL('../../profiles/default.json', import.meta.url)))
  return (onEvent) => simulatedCarrier({ profile, seed, clock, onEvent, ...(logPath ? { log: originateLog(logPath) } : {}) })
}

/** Reads a profile from a file. */
export function loadProfile(path: string): CarrierProfile {
  try {
    return readProfile(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const problem = error instanceof InvalidProfileError ? error.message.replaceAll('\n', '\n  ') : String(error)
    throw new ConfigurationError(`SIMULATED_CARRIER_PROFILE: ${path} is not a carrier profile:\n  ${problem}`)
  }
}
