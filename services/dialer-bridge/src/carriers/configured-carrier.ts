import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@carillon/service-kit/process/clock'
import { ConfigurationError } from '@carillon/service-kit/process/config'
import type { BridgeConfig } from '../config.ts'
import { type AsteriskDeps, configuredAsterisk } from './asterisk/configured-asterisk.ts'
import { type CarrierFactory, carrierByMode } from './carrier-by-mode.ts'
import { originateLog } from './simulated/originate-log.ts'
import { type CarrierProfile, InvalidProfileError, readProfile } from './simulated/profile.ts'
import { simulatedCarrier } from './simulated/simulated-carrier.ts'
import { withTestNumbers } from './simulated/test-numbers.ts'

type Create = (config: BridgeConfig, deps: AsteriskDeps) => CarrierFactory

/** What carries live calls, by `CARRIER`. */
const drivers: Record<BridgeConfig['CARRIER'], { create: Create; reachesPeople: boolean }> = {
  simulated: { create: simulated, reachesPeople: false },
  asterisk: { create: configuredAsterisk, reachesPeople: true },
}

/**
 * The carrier that the configuration names, with a simulated one beside it for test mode. Throws {@link ConfigurationError} for a setting that
 * cannot be used.
 */
export function configuredCarrier(config: BridgeConfig, deps: AsteriskDeps): CarrierFactory {
  return carrierByMode(drivers[config.CARRIER].create(config, deps), testCarrier(deps.clock))
}

/** Whether live calls reach people. Then test numbers are not dialed in live mode. */
export function reachesPeople({ CARRIER }: BridgeConfig): boolean {
  return drivers[CARRIER].reachesPeople
}

function simulated(config: BridgeConfig, { clock }: Pick<AsteriskDeps, 'clock'>): CarrierFactory {
  const { SIMULATED_CARRIER_PROFILE: path, SIMULATED_CARRIER_SEED: seed, SIMULATED_CARRIER_LOG: logPath } = config
  const profile = withTestNumbers(loadProfile(path ?? shippedProfile('default')))
  return (onEvent) => simulatedCarrier({ profile, seed, clock, onEvent, ...(logPath ? { log: originateLog(logPath) } : {}) })
}

/** Carries the calls of test mode: the same for everybody, whatever the configuration says. */
function testCarrier(clock: Clock): CarrierFactory {
  const profile = withTestNumbers(loadProfile(shippedProfile('test')))
  return (onEvent) => simulatedCarrier({ profile, seed: 1, clock, onEvent })
}

function shippedProfile(name: 'default' | 'test'): string {
  return fileURLToPath(new URL(`../../profiles/${name}.json`, import.meta.url))
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
