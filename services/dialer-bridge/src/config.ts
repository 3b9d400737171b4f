import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { type Static, Type } from '@sinclair/typebox'

/** The bridge's environment. */
export const BridgeEnvironment = Type.Object({
  ...ServiceEnvironment.properties,
  MAX_CHANNELS: Type.Integer({ default: 500, minimum: 1, maximum: 20_000, description: 'Calls that this process holds at once' }),
  BRIDGE_STALE_MS: Type.Integer({
    default: 8_000,
    minimum: 400,
    description: 'Real milliseconds without a heartbeat after which another bridge ends the calls of this one',
  }),
  DRAIN_MS: Type.Integer({
    default: 8_000,
    minimum: 0,
    description: 'Real milliseconds for which calls may go on when the service stops. Then they are hung up',
  }),
  CARRIER: Type.Literal('simulated', { default: 'simulated' }),
  SIMULATED_CARRIER_PROFILE: Type.Optional(Type.String({ description: 'Path of a JSON file. The realistic profile when absent' })),
  SIMULATED_CARRIER_SEED: Type.Integer({ default: 1 }),
  SIMULATED_CARRIER_LOG: Type.Optional(Type.String({ description: 'Path of a file that gets a JSON line for every originate' })),
})
export type BridgeEnvironment = Static<typeof BridgeEnvironment>

/** The settings that only the bridge has. */
export type BridgeConfig = Omit<BridgeEnvironment, keyof ServiceEnvironment>
