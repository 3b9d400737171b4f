import type { Carrier, CarrierListener } from './carrier.ts'

/** Makes a carrier that reports to a listener. */
export type CarrierFactory = (onEvent: CarrierListener) => Carrier

/**
 * One carrier out of two: calls in test mode go to `test`, all others to `live`, whatever that is. The calls of the test carrier live and die with
 * this process, so a channel that another process has asked for is looked up at the live carrier.
 */
export function carrierByMode(live: CarrierFactory, test: CarrierFactory): CarrierFactory {
  return (onEvent) => {
    /** The channels of the test carrier. */
    const channels = new Set<string>()
    const forLive = live(onEvent)
    const forTest = test((channelId, event) => {
      if (event.type === 'ended') channels.delete(channelId)
      onEvent(channelId, event)
    })
    const of = (channelId: string) => (channels.has(channelId) ? forTest : forLive)
    return {
      isReady: (isTest) => (isTest ? forTest : forLive).isReady(isTest),
      async originate(request) {
        const { channelId } = request
        if (!request.isTest) return forLive.originate(request)
        const isNew = !channels.has(channelId)
        channels.add(channelId)
        try {
          await forTest.originate(request)
        } catch (error) {
          if (isNew) channels.delete(channelId)
          throw error
        }
      },
      perform: (channelId, operation) => of(channelId).perform(channelId, operation),
      hangup: (channelId, reason) => of(channelId).hangup(channelId, reason),
      lookup: (channelId) => of(channelId).lookup(channelId),
      async close() {
        await Promise.all([forLive.close(), forTest.close()])
      },
    }
  }
}
