import type { Operation } from '@carillon/call-flow/operation'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { Clock } from '@carillon/service-kit/process/clock'
import { every } from '@carillon/service-kit/process/every'
import type { Logger } from '@carillon/service-kit/process/logger'
import type { Watchdog } from '@carillon/service-kit/process/watchdog'
import pLimit from 'p-limit'
import type { OriginateRequest } from '../../domain/carrier-command.ts'
import type { CarrierListener, ChannelPresence } from '../carrier.ts'
import { type AriAddress, type AriHttp, AriRefusedError, AriUnreachableError, ariHttp, isAbsent, isOk, refusalOf } from './ari-http.ts'
import { type AriSocket, openAriSocket } from './ari-socket.ts'
import { advanceChannel, newChannel } from './channel.ts'
import { findChannel, requestOf } from './channel-requests.ts'
import type { Channel, ChannelCommand, ChannelInput } from './channel-state.ts'

/** One Asterisk, and the channels that this process has asked it for. */
export interface Pbx {
  readonly url: string
  /** Whether it can be asked for calls now. */
  readonly isUp: boolean
  readonly size: number
  has(channelId: string): boolean
  originate(request: OriginateRequest): Promise<void>
  /** `media`: what is played, as the PBX names it. */
  perform(channelId: string, operation: Operation, media: string | null): Promise<void>
  hangup(channelId: string): Promise<void>
  lookup(channelId: string): Promise<ChannelPresence>
  close(): Promise<void>
}

export interface PbxOptions {
  address: AriAddress
  app: string
  /** The technology and the trunk: `PJSIP/{to}@trunk`. */
  endpoint: string
  clock: Clock
  logger: Logger
  watchdog: Watchdog
  onEvent: CarrierListener
  /** How long the PBX may take for an answer. Five seconds when absent. */
  requestTimeoutMs?: number
  /** A connection over which nothing came for twice this long is dead. Five seconds when absent. */
  pingEveryMs?: number
}

/** How often channels are looked for of which nothing was heard for too long. */
const lookEveryMs = 1_000
/** How long an originate without an answer is asked after. Then the channel counts as asked for, and is watched. */
const doubtMs = 30_000
/** How long the PBX may be unable to say anything about a call that is overdue. Then the call ends. */
const givenUpMs = 600_000
/** How many channels the PBX is asked about at once. */
const requestsAtOnce = 16

export function pbx({
  address,
  app,
  endpoint,
  clock,
  logger,
  watchdog,
  onEvent,
  requestTimeoutMs = 5_000,
  pingEveryMs = 5_000,
}: PbxOptions): Pbx {
  const http: AriHttp = ariHttp(address, requestTimeoutMs)
  const channels = new Map<string, Channel>()
  const timers = new Map<string, NodeJS.Timeout>()
  const inTurn = pLimit(requestsAtOnce)
  /** The connection was lost since the PBX was asked about all channels. */
  let missedEvents = false

  function take(channelId: string, input: ChannelInput) {
    const channel = channels.get(channelId)
    if (!channel) return
    const step = advanceChannel(channel, input, clock.now())
    if (step.channel.phase === 'ended') forget(channelId)
    else {
      channels.set(channelId, step.channel)
      setTimer(step.channel, channel.timerAtMs)
    }
    for (const command of step.commands) void send(channelId, command)
    for (const report of step.reports) onEvent(channelId, report)
  }

  function forget(channelId: string) {
    channels.delete(channelId)
    clearTimeout(timers.get(channelId))
    timers.delete(channelId)
  }

  function setTimer({ id, timerAtMs }: Channel, before: number | null) {
    if (timerAtMs === before) return
    clearTimeout(timers.get(id))
    timers.delete(id)
    if (timerAtMs === null) return
    timers.set(
      id,
      setTimeout(() => take(id, { type: 'timer' }), Math.max(0, timerAtMs - clock.now())),
    )
  }

  /** Carries a command out. A refusal ends the operation; an answer that does not come is made up for when the channel is overdue. */
  async function send(channelId: string, command: ChannelCommand) {
    try {
      const answer = await http(requestOf(channelId, command))
      // A playback that is over cannot be stopped, a channel that is gone cannot be hung up: their ends are told by themselves.
      if (isOk(answer) || isAbsent(answer)) return
      logger.warn({ callId: channelId, command: command.type, reason: refusalOf(answer) }, 'the PBX refused a command')
      if (command.type === 'play' || command.type === 'record') take(channelId, { type: 'operation_refused' })
    } catch (error) {
      logger.warn({ err: error, callId: channelId, command: command.type }, 'the PBX did not answer a command')
    }
  }

  /** Asks about a channel, and makes up for what was not heard. */
  async function askAbout(channelId: string) {
    const channel = channels.get(channelId)
    if (!channel) return
    const found = await findChannel(http, channel)
    // What was heard meanwhile is newer than the answer.
    if (channels.get(channelId) !== channel) return
    if (found === 'unknown') {
      if (clock.now() - channel.overdueAtMs < givenUpMs) return
      logger.error({ callId: channelId, pbx: address.url }, 'the PBX has said nothing about a call for too long: it is taken for ended')
    }
    take(channelId, found === 'gone' || found === 'unknown' ? { type: 'gone' } : { type: 'found', found })
  }

  /** Asks about the calls of which nothing was heard for too long: all of them, if events were missed. */
  async function look() {
    const nowMs = clock.now()
    const inQuestion = [...channels.values()].filter(({ overdueAtMs }) => missedEvents || overdueAtMs <= nowMs)
    missedEvents = false
    await Promise.all(inQuestion.map(({ id }) => inTurn(() => askAbout(id))))
  }

  const socket: AriSocket = openAriSocket({
    address,
    app,
    logger,
    watchdog,
    pingEveryMs,
    onEvent(event) {
      if (!('channelId' in event)) return
      if (channels.has(event.channelId)) take(event.channelId, { type: 'event', event })
      // An originate that was given up, as its answer did not come, was carried out after all.
      else if (event.type === 'Dial' || event.type === 'StasisStart') void send(event.channelId, { type: 'hang_up' })
    },
    onUp() {
      missedEvents = true
    },
  })

  const looking = every({ name: `watch over the calls of ${address.url}`, intervalMs: lookEveryMs, work: look }, { logger, watchdog })

  /** Whether the PBX has carried out an originate that it did not answer. */
  async function wasOriginated(channelId: string): Promise<boolean> {
    const deadlineMs = performance.now() + doubtMs
    while (performance.now() < deadlineMs) {
      const found = await findChannel(http, { id: channelId, operation: null })
      // Its events may have told of it, and of its end, before.
      if (found === 'gone') return channels.get(channelId)?.isOriginated !== false
      if (found !== 'unknown') return true
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    }
    return true
  }

  async function originate(request: OriginateRequest) {
    const { channelId, to, from, timeoutMs } = request
    if (!socket.isUp) throw new AriRefusedError('The PBX is not connected')
    if (channels.has(channelId)) throw new AriRefusedError(`channel ${channelId} is live already`)
    channels.set(channelId, newChannel({ ...request, id: channelId }, clock.now()))
    const body = {
      endpoint: endpoint.replace('{to}', to),
      app,
      appArgs: 'dial',
      callerId: `${from} <${from}>`,
      timeout: Math.ceil(timeoutMs / 1000),
      variables: { CARILLON_APP: app },
    }
    try {
      const answer = await http({ method: 'POST', path: `/channels/${encodeURIComponent(channelId)}`, body })
      if (!isOk(answer)) throw new AriRefusedError(refusalOf(answer))
    } catch (error) {
      if (!(error instanceof AriUnreachableError) || !(await wasOriginated(channelId))) {
        forget(channelId)
        throw error
      }
    }
    take(channelId, { type: 'accepted' })
  }

  return {
    url: address.url,
    get isUp() {
      return socket.isUp
    },
    get size() {
      return channels.size
    },
    has: (channelId) => channels.has(channelId),
    originate,
    async perform(channelId, operation, media) {
      const channel = channels.get(channelId)
      if (channel?.phase !== 'up') throw new AriRefusedError(`channel ${channelId} is not up`)
      take(channelId, { type: 'perform', operation, media, recordingId: uuidv7(clock.now()) })
    },
    async hangup(channelId) {
      if (channels.has(channelId)) return take(channelId, { type: 'hang_up' })
      const answer = await http(requestOf(channelId, { type: 'hang_up' }))
      if (!isOk(answer)) throw new AriRefusedError(refusalOf(answer))
    },
    async lookup(channelId) {
      const found = await findChannel(http, { id: channelId, operation: null })
      if (found === 'unknown') return 'unknown-yet'
      return found === 'gone' ? 'gone' : 'live'
    },
    async close() {
      await looking.stop()
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      await socket.close()
    },
  }
}
