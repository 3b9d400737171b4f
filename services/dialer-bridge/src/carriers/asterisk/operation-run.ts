import type { Operation } from '@carillon/call-flow/operation'
import type { AriEvent } from './ari-event.ts'
import { type ChannelDraft, type Collecting, type Playing, quietMs, type Recording } from './channel-state.ts'

export type OperationInput =
  | { readonly type: 'event'; readonly event: AriEvent }
  | { readonly type: 'timer' }
  | { readonly type: 'operation_refused' }
  /** Whether what is played or recorded is still going on. */
  | { readonly type: 'found'; readonly isOperating: boolean }

interface Begun {
  readonly operation: Operation
  readonly media: string | null
  readonly recordingId: string
}

/** Starts an operation. A playback without media fails at once; a question whose prompt cannot be had listens at once. */
export function beginOperation(draft: ChannelDraft, { operation, media, recordingId }: Begun, nowMs: number) {
  const { channel } = draft
  const { operationId } = operation
  const playbackId = `${channel.id}.${operationId}`
  channel.overdueAtMs = nowMs + quietMs
  switch (operation.type) {
    case 'play':
    case 'say':
      channel.operation = { type: 'playing', operationId, playbackId, startedAtMs: nowMs }
      if (media === null) played(draft, 'failed', nowMs)
      else draft.commands.push({ type: 'play', playbackId, media })
      break
    case 'collect':
      channel.operation = { type: 'collecting', operationId, entry: operation, playbackId: media === null ? null : playbackId, digits: '' }
      if (media === null) listen(draft, operation.timeoutMs, nowMs)
      else draft.commands.push({ type: 'play', playbackId, media })
      break
    case 'record': {
      const { type: _, operationId: __, beep: ___, ...limits } = operation
      const recording: Recording = { type: 'recording', operationId, recordingId, limits, playbackId: null, startedAtMs: nowMs }
      if (media === null) startRecording(draft, recording, nowMs)
      else {
        channel.operation = { ...recording, playbackId }
        draft.commands.push({ type: 'play', playbackId, media })
      }
    }
  }
}

/** What follows for the operation under way. What is about another one changes nothing. */
export function takeOperationInput(draft: ChannelDraft, input: OperationInput, nowMs: number) {
  switch (draft.channel.operation?.type) {
    case 'playing':
      takeWhilePlaying(draft, draft.channel.operation, input, nowMs)
      break
    case 'collecting':
      takeWhileCollecting(draft, draft.channel.operation, input, nowMs)
      break
    case 'recording':
      takeWhileRecording(draft, draft.channel.operation, input, nowMs)
  }
}

function takeWhilePlaying(draft: ChannelDraft, playing: Playing, input: OperationInput, nowMs: number) {
  const { channel } = draft
  if (input.type === 'operation_refused') return played(draft, 'failed', nowMs)
  if (input.type === 'found') return input.isOperating ? undefined : played(draft, 'finished', nowMs)
  if (input.type !== 'event' || !('playbackId' in input.event) || input.event.playbackId !== playing.playbackId) return
  if (input.event.type === 'PlaybackStarted') channel.operation = { ...playing, startedAtMs: nowMs }
  // The end of the call cuts a playback short: then the end of the channel follows, and says so.
  else if (input.event.state !== 'failed') played(draft, 'finished', nowMs)
  else if (!channel.isHungUpByThem && !channel.isHungUpByUs) played(draft, 'failed', nowMs)
}

function played(draft: ChannelDraft, completedBy: 'finished' | 'failed', atMs: number) {
  const { operation } = draft.channel
  if (operation?.type !== 'playing') return
  done(draft, atMs)
  const durationMs = Math.max(0, atMs - operation.startedAtMs)
  draft.reports.push({ type: 'played', atMs, operationId: operation.operationId, durationMs, completedBy })
}

function takeWhileCollecting(draft: ChannelDraft, collecting: Collecting, input: OperationInput, nowMs: number) {
  const { entry, playbackId } = collecting
  if (playbackId !== null && isOver(playbackId, input)) {
    draft.channel.operation = { ...collecting, playbackId: null }
    listen(draft, entry.timeoutMs, nowMs)
  } else if (input.type === 'timer') collected(draft, 'timeout', nowMs)
  else if (input.type === 'event' && input.event.type === 'ChannelDtmfReceived') keyPressed(draft, collecting, input.event.digit, nowMs)
}

/** Whether a playback that precedes something has come to its end, in whatever way. */
function isOver(playbackId: string, input: OperationInput): boolean {
  if (input.type === 'event') return input.event.type === 'PlaybackFinished' && input.event.playbackId === playbackId
  return input.type === 'operation_refused' || (input.type === 'found' && !input.isOperating)
}

/** A key interrupts the prompt: Asterisk goes on playing by itself. */
function keyPressed(draft: ChannelDraft, { playbackId, ...collecting }: Collecting, key: string, nowMs: number) {
  const { entry } = collecting
  if (playbackId !== null) draft.commands.push({ type: 'stop_playback', playbackId })
  const isTerminator = key === entry.terminator
  const digits = isTerminator ? collecting.digits : collecting.digits + key
  draft.channel.operation = { ...collecting, playbackId: null, digits }
  if (isTerminator) collected(draft, 'terminator', nowMs)
  else if (digits.length >= entry.maxDigits) collected(draft, 'complete', nowMs)
  else listen(draft, entry.interDigitTimeoutMs, nowMs)
}

function listen({ channel }: ChannelDraft, timeoutMs: number, nowMs: number) {
  channel.timerAtMs = nowMs + timeoutMs
  channel.overdueAtMs = channel.timerAtMs + quietMs
}

function collected(draft: ChannelDraft, endedBy: 'complete' | 'terminator' | 'timeout', atMs: number) {
  const { operation } = draft.channel
  if (operation?.type !== 'collecting') return
  done(draft, atMs)
  draft.reports.push({ type: 'collected', atMs, operationId: operation.operationId, digits: operation.digits, endedBy })
}

function startRecording({ channel, commands }: ChannelDraft, recording: Recording, nowMs: number) {
  const { recordingId, limits } = recording
  channel.operation = { ...recording, playbackId: null, startedAtMs: nowMs }
  channel.overdueAtMs = nowMs + limits.maxDurationMs + quietMs
  commands.push({ type: 'record', recordingId, ...limits })
}

function takeWhileRecording(draft: ChannelDraft, recording: Recording, input: OperationInput, nowMs: number) {
  if (recording.playbackId !== null) {
    if (isOver(recording.playbackId, input)) startRecording(draft, recording, nowMs)
    return
  }
  if (input.type === 'operation_refused') return recorded(draft, false, nowMs)
  if (input.type === 'found') return input.isOperating ? undefined : recorded(draft, true, nowMs)
  if (input.type !== 'event' || !('recordingId' in input.event) || input.event.recordingId !== recording.recordingId) return
  if (input.event.type === 'RecordingStarted') draft.channel.operation = { ...recording, startedAtMs: nowMs }
  // The end of the call ends a recording too, and keeps it: the end of the channel follows.
  else if (!draft.channel.isHungUpByThem && !draft.channel.isHungUpByUs)
    recorded(draft, input.event.type === 'RecordingFinished' && !input.event.isEmpty, nowMs)
}

function recorded(draft: ChannelDraft, ok: boolean, atMs: number) {
  const { operation } = draft.channel
  if (operation?.type !== 'recording') return
  done(draft, atMs)
  const { operationId, recordingId, startedAtMs } = operation
  const durationMs = Math.max(0, atMs - startedAtMs)
  draft.reports.push({ type: 'recorded', atMs, operationId, durationMs, ok, ...(ok ? { recordingId } : {}) })
}

function done({ channel }: ChannelDraft, nowMs: number) {
  channel.operation = null
  channel.timerAtMs = null
  channel.overdueAtMs = nowMs + quietMs
}
