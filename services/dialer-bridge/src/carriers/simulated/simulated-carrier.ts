import type { PartialResult } from '@carillon/call-flow/node-type'
import type { Operation } from '@carillon/call-flow/operation'
import type { Clock } from '@carillon/service-kit/process/clock'
import type { OriginateRequest } from '../../domain/carrier-command.ts'
import type { CarrierEvent, CarrierEventOf } from '../../domain/carrier-event.ts'
import type { Carrier, CarrierListener } from '../carrier.ts'
import { type AnsweredPlan, planCall } from './call-plan.ts'
import { type Line, workOf } from './operations.ts'
import type { OriginateLog } from './originate-log.ts'
import type { CarrierProfile } from './profile.ts'
import { type Appointment, type Timeline, timeline } from './timeline.ts'

export interface SimulatedCarrierOptions {
  profile: CarrierProfile
  seed: number
  clock: Clock
  onEvent: CarrierListener
  log?: OriginateLog
}

interface Channel {
  readonly id: string
  /** Where the call is in its own time: the stamp of its latest event, however late the timer that brought it. */
  atMs: number
  /** Null until the call is answered. */
  line: Line | null
  /** When the callee hangs up, unless the flow ends before. */
  hangUpAtMs: number
  isHungUp: boolean
  next: { readonly atMs: number; readonly appointment: Appointment } | null
  /** What the end of the call would leave of the operation under way. */
  partial: PartialResult
}

type Cause = Pick<CarrierEventOf<'ended'>, 'sipStatus' | 'q850Cause' | 'ringTimeout'>

/** Normal call clearing, as after any answer. */
const clearing: Cause = { sipStatus: null, q850Cause: 16, ringTimeout: false }

/**
 * A carrier that calls nobody. {@link planCall} decides how a call goes. Events are stamped with the instants of the plan: the same seed,
 * number and attempt give the same durations, costs and digits under any load and at any speed of the clock.
 */
export function simulatedCarrier({ profile, seed, clock, onEvent, log }: SimulatedCarrierOptions): Carrier {
  const channels = new Map<string, Channel>()
  const time: Timeline = timeline(clock)

  function schedule(channel: Channel, atMs: number, action: () => void) {
    const appointment = time.at(atMs, () => {
      channel.atMs = atMs
      channel.next = null
      action()
    })
    channel.next = { atMs, appointment }
  }

  function emit(channel: Channel, event: CarrierEvent) {
    onEvent(channel.id, event)
  }

  function end(channel: Channel, by: 'callee' | 'us', { sipStatus, q850Cause, ringTimeout }: Cause) {
    channels.delete(channel.id)
    emit(channel, { type: 'ended', atMs: channel.atMs, by, sipStatus, q850Cause, ringTimeout, ...channel.partial })
  }

  /** An operation runs to its end, unless the callee hangs up before. */
  function perform(channelId: string, operation: Operation): Promise<void> {
    const channel = channels.get(channelId)
    if (!channel?.line) return Promise.reject(new Error(`channel ${channelId} is not up`))
    if (channel.next) return Promise.reject(new Error(`channel ${channelId} is occupied`))
    const { plan, questions } = channel.line
    const hasLostPatience = plan.hangsUpAfterKeys && questions >= (plan.keys?.length ?? 0)
    const { durationMs, result, partial = {} } = workOf({ profile, line: channel.line, atMs: channel.atMs }, operation)
    channel.partial = partial
    if (hasLostPatience) channel.hangUpAtMs = channel.atMs + Math.floor(durationMs / 2)
    const finishAtMs = channel.atMs + durationMs
    if (channel.hangUpAtMs < finishAtMs || channel.hangUpAtMs <= channel.atMs) {
      schedule(channel, channel.hangUpAtMs, () => end(channel, 'callee', clearing))
    } else {
      schedule(channel, finishAtMs, () => {
        channel.partial = {}
        emit(channel, { ...result, atMs: channel.atMs, operationId: operation.operationId })
      })
    }
    return Promise.resolve()
  }

  function ring(channel: Channel, atMs: number, andThen: () => void) {
    schedule(channel, atMs, () => {
      emit(channel, { type: 'ringing', atMs })
      if (!channel.isHungUp) andThen()
    })
  }

  function begin(channel: Channel, request: OriginateRequest) {
    const startMs = channel.atMs
    emit(channel, { type: 'originated', atMs: startMs })
    if (channel.isHungUp) return
    const plan = planCall(profile, seed, request)
    const goOn = () =>
      plan.type === 'answered'
        ? answer(channel, plan, startMs + plan.pickUpAfterMs)
        : schedule(channel, startMs + plan.endAfterMs, () => end(channel, 'callee', plan))
    if (plan.ringAfterMs === null) goOn()
    else ring(channel, startMs + plan.ringAfterMs, goOn)
  }

  function answer(channel: Channel, plan: AnsweredPlan, pickedUpAtMs: number) {
    if (plan.hangUpAfterMs !== null) channel.hangUpAtMs = pickedUpAtMs + plan.hangUpAfterMs
    const knownAtMs = pickedUpAtMs + plan.detectMs
    const isGoneBefore = channel.hangUpAtMs < knownAtMs
    schedule(channel, isGoneBefore ? channel.hangUpAtMs : knownAtMs, () => {
      channel.line = { plan, questions: 0, recordings: 0 }
      const answeredBy = isGoneBefore ? 'unsure' : plan.answeredBy
      emit(channel, { type: 'answered', atMs: channel.atMs, pickedUpAtMs, answeredBy })
    })
  }

  return {
    isReady: () => true,
    originate(request) {
      const { channelId: id, requestedAtMs: atMs } = request
      if (channels.has(id)) return Promise.reject(new Error(`channel ${id} is live already`))
      log?.record(request, atMs)
      const channel: Channel = {
        id,
        atMs,
        line: null,
        hangUpAtMs: Number.POSITIVE_INFINITY,
        isHungUp: false,
        next: null,
        partial: {},
      }
      channels.set(id, channel)
      schedule(channel, atMs, () => begin(channel, request))
      return Promise.resolve()
    },
    perform,
    hangup(channelId) {
      const channel = channels.get(channelId)
      if (!channel) return Promise.reject(new Error(`channel ${channelId} is not live`))
      if (channel.isHungUp) return Promise.resolve()
      channel.isHungUp = true
      // An operation that is cut short ends now. A flow that is through hangs up at its own last instant.
      const atMs = channel.next ? Math.min(Math.max(channel.atMs, clock.now()), channel.next.atMs) : channel.atMs
      channel.next?.appointment.cancel()
      schedule(channel, atMs, () => end(channel, 'us', clearing))
      return Promise.resolve()
    },
    // A simulated call lives and dies with the process that asked for it.
    lookup: (channelId) => Promise.resolve(channels.has(channelId) ? 'live' : 'gone'),
    close() {
      for (const channel of channels.values()) channel.next?.appointment.cancel()
      channels.clear()
      log?.close()
      return Promise.resolve()
    },
  }
}
