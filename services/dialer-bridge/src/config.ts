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
  CARRIER: Type.Union([Type.Literal('simulated'), Type.Literal('asterisk')], {
    default: 'simulated',
    description: 'What places live calls: a simulation that calls nobody, or Asterisk over ARI',
  }),
  ASTERISK_URLS: Type.String({
    default: '',
    description: 'One or more PBXes with the user of their REST interface, separated by commas: `http://user:password@pbx:8088`',
  }),
  ASTERISK_ENDPOINT: Type.String({
    default: 'PJSIP/{to}@carillon-trunk',
    pattern: '\\{to\\}',
    description: 'What is dialed; `{to}` is the number in E.164, or the extension',
  }),
  ASTERISK_PROMPTS_FOLDER: Type.Optional(
    Type.String({ description: 'The folder `PROMPTS_FOLDER` as the PBX sees it. The same path when absent' }),
  ),
  PROMPTS_FOLDER: Type.String({
    default: '/var/lib/carillon/prompts',
    description: 'Where spoken texts are rendered to. The PBX must be able to read it',
  }),
  SPEECH_URL: Type.Optional(
    Type.String({
      description: 'An OpenAI-compatible service that speaks texts (`/v1/audio/speech` below it). The program espeak-ng when absent',
    }),
  ),
  SPEECH_API_KEY: Type.Optional(Type.String({ description: 'The key for SPEECH_URL' })),
  SPEECH_MODEL: Type.String({ default: 'tts-1', description: 'The model of SPEECH_URL' }),
  SPEECH_VOICE: Type.String({ default: 'alloy', description: 'The voice of SPEECH_URL for texts that name none' }),
  SIMULATED_CARRIER_PROFILE: Type.Optional(Type.String({ description: 'Path of a JSON file. The realistic profile when absent' })),
  SIMULATED_CARRIER_SEED: Type.Integer({ default: 1 }),
  SIMULATED_CARRIER_LOG: Type.Optional(Type.String({ description: 'Path of a file that gets a JSON line for every originate' })),
})
export type BridgeEnvironment = Static<typeof BridgeEnvironment>

/** The settings that only the bridge has. */
export type BridgeConfig = Omit<BridgeEnvironment, keyof ServiceEnvironment>
