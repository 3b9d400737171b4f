import type { CompiledFlow } from '@carillon/call-flow/compile'
import type { CallEnded } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import type { Clock } from '@carillon/service-kit/process/clock'
import type { Logger } from '@carillon/service-kit/process/logger'
import type { Carrier } from '../carriers/carrier.ts'
import { advanceCall, beginCall, breakOff, type Call, type CallStep, giveUp } from '../domain/call.ts'
import { callNotDialed, ownerOf } from '../domain/call-event.ts'
import type { CarrierCommand } from '../domain/carrier-command.ts'
import type { CarrierEvent } from '../domain/carrier-event.ts'
import type { BridgeMetrics } from '../metrics.ts'
import type { CallProgress } from '../store/dial-journal.ts'
import type { CallLog } from './call-log.ts'

/** A call that the journal gave to this bridge. Instants are epoch milliseconds. */
export interface JournaledCall {
  readonly order: DialOrder
  readonly flow: CompiledFlow
  readonly startedAtMs: number
  readonly notAfterMs: number
}

/** The calls that this process runs. It moves them between the carrier, the domain and the call log. */
export interface CallRunner {
  /** Runs a call of the journal: tells that it has started, and asks the carrier. If its `notAfterMs` has passed, it expires. */
  start(call: JournaledCall): void
  /** Ends a call of the journal for which the carrier is not asked. It is no attempt. */
  expire(order: DialOrder): void
  /** Takes a report of the carrier. A report about a channel that does not run here is ignored. */
  onCarrierEvent(channelId: string, event: CarrierEvent): void
  /** Another bridge has taken the call over: hangs it up, and says nothing more about it. */
  forget(callId: string, correlationId: string): void
  /** Ends all calls. */
  giveUpAll(reason: string): void
  readonly size: number
}

export interface CallRunnerOptions {
  carrier: Carrier
  log: CallLog
  clock: Clock
  logger: Logger
  metrics: BridgeMetrics
  /** A call is over and its channel is free. */
  onReleased(): void
}

export function callRunner({ carrier, log, clock, logger, metrics, onReleased }: CallRunnerOptions): CallRunner {
  const calls = new Map<string, Call>()

  function take(step: CallStep) {
    const { call, events, command } = step
    const { callId } = call.order.data
    if (events.length > 0) log.append({ laneKey: ownerOf(call.order), events, progress: progressOf(call) })
    if (call.endedAtMs === null) {
      calls.set(callId, call)
      if (command) void send(callId, command)
      return
    }
    calls.delete(callId)
    const last = events.at(-1)
    if (last?.type === 'call.ended') countEnd(last)
    onReleased()
  }

  function countEnd({ data }: CallEnded) {
    metrics.callsEnded.inc({ outcome: data.outcome })
  }

  async function send(callId: string, command: CarrierCommand) {
    try {
      await execute(callId, command)
    } catch (error) {
      const call = calls.get(callId)
      if (!call) return
      const correlationId = ownerOf(call.order)
      logger.warn({ err: error, callId, correlationId, command: command.type }, 'the carrier refused a command')
      if (command.type === 'originate') metrics.originatesRefused.inc()
      else if (command.type !== 'hangup') await hangUp(callId)
      // The carrier may have reported the end meanwhile.
      const current = calls.get(callId)
      if (current) take(breakOff(current, `The carrier refused to ${command.type}: ${messageOf(error)}`, clock.now()))
    }
  }

  function execute(callId: string, command: CarrierCommand): Promise<void> {
    switch (command.type) {
      case 'originate':
        metrics.originates.inc()
        return carrier.originate(command)
      case 'hangup':
        return carrier.hangup(callId, command.reason)
      default:
        return carrier.perform(callId, command)
    }
  }

  async function hangUp(callId: string) {
    try {
      await carrier.hangup(callId, 'The call cannot go on')
    } catch (error) {
      logger.debug({ err: error, callId }, 'nothing to hang up')
    }
  }

  function expire(order: DialOrder) {
    const nowMs = clock.now()
    const { callId } = order.data
    metrics.ordersExpired.inc()
    log.append({ laneKey: ownerOf(order), events: [callNotDialed(order, nowMs, 'expired')], progress: expiredAt(callId, nowMs) })
  }

  return {
    start({ order, flow, startedAtMs, notAfterMs }) {
      const nowMs = clock.now()
      // The order was in time for the journal, but the commit took too long.
      if (nowMs >= notAfterMs) expire(order)
      else take(beginCall(order, flow, Math.max(nowMs, startedAtMs)))
    },
    expire,
    onCarrierEvent(channelId, event) {
      const call = calls.get(channelId)
      if (call) take(advanceCall(call, event))
      else logger.debug({ callId: channelId, event: event.type }, 'event of a channel that does not run here')
    },
    forget(callId, correlationId) {
      metrics.callsFenced.inc()
      logger.warn({ callId, correlationId }, 'the call was taken over by another bridge')
      if (!calls.delete(callId)) return
      void hangUp(callId)
      onReleased()
    },
    giveUpAll(reason) {
      for (const call of [...calls.values()]) take(giveUp(call, reason))
    },
    get size() {
      return calls.size
    },
  }
}

function progressOf(call: Call): CallProgress {
  const { order, seq, lastEventAtMs, dialedAtMs, answered, endedAtMs, executedNodes } = call
  return {
    callId: order.data.callId,
    state: endedAtMs === null ? 'dialing' : 'ended',
    lastSeq: seq,
    lastEventAtMs,
    dialedAtMs,
    answeredAtMs: answered?.atMs ?? null,
    endedAtMs,
    executedNodes,
  }
}

function expiredAt(callId: string, atMs: number): CallProgress {
  const none = { dialedAtMs: null, answeredAtMs: null, endedAtMs: null, executedNodes: 0 }
  return { callId, state: 'expired', lastSeq: 1, lastEventAtMs: atMs, ...none }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
