import type { Prompt } from '@carillon/call-flow/step'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { Clock } from '@carillon/service-kit/process/clock'
import type { Carrier, CarrierEvent, CarrierEventOf, CarrierListener, OriginateRequest } from '../carrier.ts'
import { type AnsweredPlan, planCall } from './call-plan.ts'
import { enteredDigits, promptMs, recordedMs } from './callee.ts'
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
  plan: AnsweredPlan | null
  /** When the callee hangs up, unless the flow ends before. */
  hangUpAtMs: number
  questions: number
  recordings: number
  isHungUp: boolean
  next: { readonly atMs: number; readonly appointment: Appointment } | null
  /** Set while a recording is under way: what is there of it survives the call. */
  recordingId: string | null
}

type Cause = Pick<CarrierEventOf<'ended'>, 'sipStatus' | 'q850Cause' | 'ringTimeout'>

/** Normal call clearing, as after any answer. */
const clearing: Cause = { sipStatus: null, q850Cause: 16, ringTimeout: false }

/**
 * A carrier that calls nobody. A call goes as {@link planCall} says; its events are stamped with the instants of the plan, so that durations,
 * costs and digits are the same for the same seed, number and attempt, whatever the load and the speed of the clock.
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
    const recordingId = channel.recordingId === null ? {} : { recordingId: channel.recordingId }
    emit(channel, { type: 'ended', atMs: channel.atMs, by, sipStatus, q850Cause, ringTimeout, ...recordingId })
  }

  /** Something that the call is asked to do: it runs to its end, unless the callee hangs up before. */
  function perform(
    channelId: string,
    work: (channel: Channel, plan: AnsweredPlan) => { durationMs: number; finish: () => void },
  ): Promise<void> {
    const channel = channels.get(channelId)
    if (!channel?.plan) return Promise.reject(new Error(`channel ${channelId} is not up`))
    const { plan } = channel
    if (channel.next) return Promise.reject(new Error(`channel ${channelId} is occupied`))
    const hasLostPatience = plan.hangsUpAfterKeys && channel.questions >= (plan.keys?.length ?? 0)
    const { durationMs, finish } = work(channel, plan)
    if (hasLostPatience) channel.hangUpAtMs = channel.atMs + Math.floor(durationMs / 2)
    const finishAtMs = channel.atMs + durationMs
    if (channel.hangUpAtMs < finishAtMs || channel.hangUpAtMs <= channel.atMs) {
      schedule(channel, channel.hangUpAtMs, () => end(channel, 'callee', clearing))
    } else {
      schedule(channel, finishAtMs, finish)
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
      channel.plan = plan
      const answeredBy = isGoneBefore ? 'unsure' : plan.answeredBy
      emit(channel, { type: 'answered', atMs: channel.atMs, pickedUpAtMs, answeredBy })
    })
  }

  function speak(channelId: string, operationId: string, prompt: Prompt) {
    const durationMs = promptMs(profile, prompt)
    return perform(channelId, (channel) => ({
      durationMs,
      finish: () => emit(channel, { type: 'played', atMs: channel.atMs, operationId, durationMs, completedBy: 'finished' }),
    }))
  }

  return {
    originate(request) {
      const { channelId: id, requestedAtMs: atMs } = request
      if (channels.has(id)) return Promise.reject(new Error(`channel ${id} is live already`))
      log?.record(request, atMs)
      const channel: Channel = {
        id,
        atMs,
        plan: null,
        hangUpAtMs: Number.POSITIVE_INFINITY,
        questions: 0,
        recordings: 0,
        isHungUp: false,
        next: null,
        recordingId: null,
      }
      channels.set(id, channel)
      schedule(channel, atMs, () => begin(channel, request))
      return Promise.resolve()
    },
    play: (channelId, { operationId, media }) => speak(channelId, operationId, { media }),
    say: (channelId, { operationId, ...speech }) => speak(channelId, operationId, speech),
    collect: (channelId, { operationId, ...entry }) =>
      perform(channelId, (channel, plan) => {
        channel.questions++
        const { digits, endedBy, durationMs } = enteredDigits(profile, plan, channel.questions, entry)
        return { durationMs, finish: () => emit(channel, { type: 'collected', atMs: channel.atMs, operationId, digits, endedBy }) }
      }),
    record: (channelId, { operationId, ...limits }) =>
      perform(channelId, (channel, plan) => {
        channel.recordings++
        const recordingId = uuidv7(channel.atMs)
        channel.recordingId = recordingId
        const durationMs = recordedMs(profile, plan, channel.recordings, limits)
        const finish = () => {
          channel.recordingId = null
          emit(channel, { type: 'recorded', atMs: channel.atMs, operationId, durationMs, ok: true, recordingId })
        }
        return { durationMs, finish }
      }),
    hangup(channelId) {
      const channel = channels.get(channelId)
      if (!channel) return Promise.reject(new Error(`channel ${channelId} is not live`))
      if (channel.isHungUp) return Promise.resolve()
      channel.isHungUp = true
      // What is cut short ends now; a flow that is through hangs up at its own last instant.
      const atMs = channel.next ? Math.min(Math.max(channel.atMs, clock.now()), channel.next.atMs) : channel.atMs
      channel.next?.appointment.cancel()
      schedule(channel, atMs, () => end(channel, 'us', clearing))
      return Promise.resolve()
    },
    // A simulated call lives in the process that asked for it, and dies with it.
    lookup: (channelId) => Promise.resolve(channels.has(channelId) ? 'live' : 'gone'),
    close() {
      for (const channel of channels.values()) channel.next?.appointment.cancel()
      channels.clear()
      log?.close()
      return Promise.resolve()
    },
  }
}
