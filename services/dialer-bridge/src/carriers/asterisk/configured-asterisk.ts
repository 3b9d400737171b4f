import type { Clock } from '@carillon/service-kit/process/clock'
import { ConfigurationError } from '@carillon/service-kit/process/config'
import type { Logger } from '@carillon/service-kit/process/logger'
import type { Watchdog } from '@carillon/service-kit/process/watchdog'
import type { BridgeConfig } from '../../config.ts'
import { espeak } from '../../speech/espeak.ts'
import { renderedPrompts } from '../../speech/rendered-prompts.ts'
import { speechService } from '../../speech/speech-service.ts'
import type { CarrierFactory } from '../carrier-by-mode.ts'
import type { AriAddress } from './ari-http.ts'
import { asteriskCarrier } from './asterisk-carrier.ts'
import { pbx } from './pbx.ts'
import { promptSource } from './prompt-source.ts'

export interface AsteriskDeps {
  clock: Clock
  logger: Logger
  watchdog: Watchdog
  replicaId: string
}

/** The PBXes that the configuration names. Throws {@link ConfigurationError} where it names none. */
export function configuredAsterisk(config: BridgeConfig, deps: AsteriskDeps): CarrierFactory {
  const { clock, logger, watchdog, replicaId } = deps
  const addresses = addressesIn(config.ASTERISK_URLS)
  if (clock.speed !== 1) throw new ConfigurationError('CARRIER=asterisk: people cannot be called at another speed than 1')
  const { PROMPTS_FOLDER: folder, ASTERISK_PROMPTS_FOLDER: seenByPbx = folder, ASTERISK_ENDPOINT: endpoint } = config
  const prompts = renderedPrompts(folder, engineOf(config))
  return (onEvent) => {
    const app = `carillon-${replicaId}`
    const pbxes = addresses.map((address) => pbx({ address, app, endpoint, clock, logger, watchdog, onEvent }))
    return asteriskCarrier(pbxes, promptSource(prompts, seenByPbx, logger))
  }
}

function engineOf({ SPEECH_URL: url, SPEECH_API_KEY: apiKey, SPEECH_MODEL: model, SPEECH_VOICE: voice }: BridgeConfig) {
  return url ? speechService({ url, apiKey, model, voice }) : espeak()
}

/** `http://user:password@pbx:8088,http://…` */
function addressesIn(list: string): AriAddress[] {
  const addresses = list.split(',').filter((part) => part.trim() !== '')
  if (addresses.length === 0) throw new ConfigurationError('CARRIER=asterisk needs ASTERISK_URLS')
  return addresses.map((text) => {
    const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null
    if (!url || !/^https?:$/.test(url.protocol) || url.username === '' || url.password === '') {
      // The text itself may hold a password.
      throw new ConfigurationError('ASTERISK_URLS: each is like http://user:password@pbx:8088')
    }
    const { origin, pathname, username, password } = url
    return { url: origin + pathname.replace(/\/$/, ''), user: decodeURIComponent(username), password: decodeURIComponent(password) }
  })
}
