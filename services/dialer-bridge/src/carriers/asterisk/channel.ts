import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import type { AriEvent } from './ari-event.ts'
import { type Channel, type ChannelDraft, type ChannelInput, type ChannelStep, type FoundChannel, quietMs } from './channel-state.ts'
import { beginOperation, takeOperationInput } from './operation-run.ts'

export interface NewChannel {
  readonly id: string
  readonly amd: boolean
  readonly timeoutMs: number
}

export function newChannel({ id, amd, timeoutMs }: NewChannel, nowMs: number): Channel {
  return {
    id,
    amd,
    timeoutMs,
    askedAtMs: nowMs,
    phase: 'dialing',
    isOriginated: false,
    isRinging: false,
    pickedUpAtMs: null,
    isHungUpByUs: false,
    isHungUpByThem: false,
    operation: null,
    timerAtMs: null,
    overdueAtMs: nowMs + timeoutMs + quietMs,
  }
}

/** What follows from a fact: the channel after it, what is reported, and what is asked of the PBX. A fact that is late or double changes nothing. */
export function advanceChannel(channel: Channel, input: ChannelInput, nowMs: number): ChannelStep {
  const draft: ChannelDraft = { channel: { ...channel }, reports: [], commands: [] }
  if (channel.phase === 'ended') return draft
  switch (input.type) {
    case 'event':
      takeEvent(draft, input.event, nowMs)
      break
    case 'accepted':
      originated(draft, nowMs)
      break
    case 'perform':
      beginOperation(draft, input, nowMs)
      break
    case 'hang_up':
      draft.channel.isHungUpByUs = true
      draft.channel.overdueAtMs = nowMs + quietMs
      draft.commands.push({ type: 'hang_up' })
      break
    case 'timer':
    case 'operation_refused':
      takeOperationInput(draft, input, nowMs)
      break
    case 'found':
      takeFound(draft, input.found, nowMs)
      break
    case 'gone':
      ended(draft, { cause: null, techCause: null, isToldByPbx: false }, nowMs)
  }
  return draft
}

function takeEvent(draft: ChannelDraft, event: AriEvent, nowMs: number) {
  const { channel } = draft
  switch (event.type) {
    case 'Dial':
      originated(draft, nowMs)
      if (event.dialstatus === 'RINGING' || event.dialstatus === 'PROGRESS') ringing(draft, nowMs)
      break
    case 'ChannelStateChange':
      if (event.state === 'Ringing') ringing(draft, nowMs)
      if (event.state === 'Up') pickedUp(draft, nowMs)
      break
    case 'StasisStart':
      entered(draft, event.args, nowMs)
      break
    case 'ChannelHangupRequest':
      if (!event.isSoft) channel.isHungUpByThem = true
      break
    case 'ChannelDestroyed':
      ended(draft, { ...event, isToldByPbx: true }, nowMs)
      break
    default:
      takeOperationInput(draft, { type: 'event', event }, nowMs)
  }
}

function originated(draft: ChannelDraft, atMs: number) {
  if (draft.channel.isOriginated) return
  draft.channel.isOriginated = true
  draft.reports.push({ type: 'originated', atMs })
}

/** Early media counts as ringing: the far end is alive. */
function ringing(draft: ChannelDraft, atMs: number) {
  originated(draft, atMs)
  if (draft.channel.isRinging || draft.channel.pickedUpAtMs !== null) return
  draft.channel.isRinging = true
  draft.reports.push({ type: 'ringing', atMs })
}

function pickedUp(draft: ChannelDraft, atMs: number) {
  originated(draft, atMs)
  draft.channel.pickedUpAtMs ??= atMs
}

/** The channel has entered our application: at first when it is answered, and once more from the dialplan that detects machines. */
function entered(draft: ChannelDraft, [step, verdict = '']: readonly string[], nowMs: number) {
  pickedUp(draft, nowMs)
  if (step === 'amd') answered(draft, answeredByOf(verdict), nowMs)
  else if (draft.channel.amd) detect(draft, nowMs)
  else answered(draft, 'human', nowMs)
}

function detect(draft: ChannelDraft, nowMs: number) {
  if (draft.channel.phase !== 'dialing') return
  draft.channel.phase = 'detecting'
  draft.channel.overdueAtMs = nowMs + quietMs
  draft.commands.push({ type: 'detect' })
}

function answered(draft: ChannelDraft, answeredBy: AnsweredBy, nowMs: number) {
  const { channel } = draft
  if (channel.phase === 'up') return
  channel.phase = 'up'
  channel.overdueAtMs = nowMs + quietMs
  draft.reports.push({ type: 'answered', atMs: nowMs, pickedUpAtMs: channel.pickedUpAtMs ?? nowMs, answeredBy })
}

/** @param status `AMDSTATUS` of the dialplan's `AMD()` */
export function answeredByOf(status: string): AnsweredBy {
  if (status === 'HUMAN') return 'human'
  return status === 'MACHINE' ? 'machine' : 'unsure'
}

interface Destroyed {
  readonly cause: number | null
  readonly techCause: number | null
  /** False when the channel was found to be gone. */
  readonly isToldByPbx: boolean
}

function ended(draft: ChannelDraft, { cause, techCause, isToldByPbx }: Destroyed, atMs: number) {
  const { channel } = draft
  const { pickedUpAtMs, isHungUpByUs, isHungUpByThem } = channel
  const isAnswered = pickedUpAtMs !== null
  // The callee hung up before it was known who had answered.
  if (isAnswered && channel.phase !== 'up') answered(draft, 'unsure', atMs)
  // At its ring timeout Asterisk gives up by itself: nobody asked for a hangup, and the status is its own.
  const ringTimeout = isToldByPbx && !isAnswered && !isHungUpByUs && !isHungUpByThem && cause === 19
  const partial = channel.operation?.type === 'recording' ? { recordingId: channel.operation.recordingId } : {}
  channel.phase = 'ended'
  channel.operation = null
  channel.timerAtMs = null
  draft.reports.push({
    type: 'ended',
    atMs,
    by: isHungUpByUs ? 'us' : isToldByPbx ? 'callee' : 'carrier',
    sipStatus: isAnswered ? null : techCause,
    q850Cause: cause,
    ringTimeout,
    ...partial,
  })
}

/** The PBX has the channel. What happened while nobody heard it is made up for. */
function takeFound(draft: ChannelDraft, found: FoundChannel, nowMs: number) {
  const { channel } = draft
  originated(draft, nowMs)
  if (found.isAnswered) pickedUp(draft, nowMs)
  if (found.answeredBy !== null) answered(draft, found.answeredBy, nowMs)
  else if (found.isWaiting && channel.phase === 'dialing') entered(draft, [], nowMs)
  if (found.isOperating !== null) takeOperationInput(draft, { type: 'found', isOperating: found.isOperating }, nowMs)
  if (draft.reports.some(({ type }) => type !== 'originated') || nowMs < channel.overdueAtMs) return
  const isAtWork = channel.operation !== null && found.isOperating === true
  if (isAtWork) channel.overdueAtMs = nowMs + quietMs
  else {
    // It should have done something long ago, and does nothing that we asked for.
    channel.isHungUpByUs = true
    channel.overdueAtMs = nowMs + quietMs
    draft.commands.push({ type: 'hang_up' })
  }
}
