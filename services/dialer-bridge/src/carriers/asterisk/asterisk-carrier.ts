import type { Operation } from '@carillon/call-flow/operation'
import type { Prompt } from '@carillon/call-flow/prompt'
import type { Carrier } from '../carrier.ts'
import { AriRefusedError } from './ari-http.ts'
import type { Pbx } from './pbx.ts'

/** What a PBX can play: the name of a prompt in its own words. Null for a prompt that cannot be had. */
export type PromptSource = (prompt: Prompt | 'beep') => Promise<string | null>

/** Calls over one or several Asterisk PBXes. A call goes to the one that is connected and has the fewest. */
export function asteriskCarrier(pbxes: readonly Pbx[], promptSource: PromptSource): Carrier {
  const pbxOf = (channelId: string) => pbxes.find((pbx) => pbx.has(channelId))

  return {
    isReady: () => pbxes.some(({ isUp }) => isUp),
    async originate(request) {
      if (pbxOf(request.channelId)) throw new AriRefusedError(`channel ${request.channelId} is live already`)
      const [least] = pbxes.filter(({ isUp }) => isUp).sort((a, b) => a.size - b.size)
      if (!least) throw new AriRefusedError('No PBX is connected')
      await least.originate(request)
    },
    async perform(channelId, operation) {
      const prompt = promptOf(operation)
      const media = prompt ? await promptSource(prompt) : null
      const pbx = pbxOf(channelId)
      if (!pbx) throw new AriRefusedError(`channel ${channelId} is not live`)
      await pbx.perform(channelId, operation, media)
    },
    async hangup(channelId) {
      const pbx = pbxOf(channelId)
      if (pbx) return pbx.hangup(channelId)
      // Another process asked for it: the PBX that has it is told.
      const found = await Promise.all(pbxes.map(async (one) => ({ one, presence: await one.lookup(channelId) })))
      const live = found.find(({ presence }) => presence === 'live')
      if (!live) throw new AriRefusedError(`channel ${channelId} is not live`)
      await live.one.hangup(channelId)
    },
    async lookup(channelId) {
      const presences = await Promise.all(pbxes.map((pbx) => pbx.lookup(channelId)))
      if (presences.includes('live')) return 'live'
      return presences.every((presence) => presence === 'gone') ? 'gone' : 'unknown-yet'
    },
    async close() {
      await Promise.all(pbxes.map((pbx) => pbx.close()))
    },
  }
}

function promptOf(operation: Operation): Prompt | 'beep' | null {
  switch (operation.type) {
    case 'play':
      return { media: operation.media }
    case 'say':
      return operation
    case 'collect':
      return operation.prompt ?? null
    case 'record':
      return operation.beep ? 'beep' : null
  }
}
