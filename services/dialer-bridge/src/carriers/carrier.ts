import type { Operation } from '@carillon/call-flow/operation'
import type { OriginateRequest } from '../domain/carrier-command.ts'
import type { CarrierEvent } from '../domain/carrier-event.ts'

/**
 * What places calls: a simulation, a PBX. What happens on the line comes back as {@link CarrierEvent}s. A promise resolves once the carrier
 * has accepted the command, and rejects if it refused.
 *
 * A driver gives the events of one channel in the order in which they happened, and `ended` exactly once and last. An operation that the end
 * of the call cuts short is reported by `ended` only.
 */
export interface Carrier {
  /** Whether calls can be placed now: live ones, or those of test mode. Orders wait in their queue meanwhile. */
  isReady(isTest: boolean): boolean
  /** Asks for a call. If it is refused, nobody is dialed and no event follows. A channel id that is live is always refused. */
  originate(request: OriginateRequest): Promise<void>
  /** Starts an operation on an answered call. One event with its `operationId` follows. */
  perform(channelId: string, operation: Operation): Promise<void>
  /** Ends the call, whatever it is doing. `ended` follows. */
  hangup(channelId: string, reason: string): Promise<void>
  /** What the carrier knows of a channel that another process of ours may have asked for. */
  lookup(channelId: string): Promise<ChannelPresence>
  close(): Promise<void>
}

/** `unknown-yet`: the carrier cannot say now, e.g. while it restarts; ask again. */
export type ChannelPresence = 'live' | 'gone' | 'unknown-yet'

/** Where a driver reports to. */
export type CarrierListener = (channelId: string, event: CarrierEvent) => void
