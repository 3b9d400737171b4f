/**
 * The events of the Asterisk REST Interface (ARI) that the driver follows, as far as it reads them.
 * @see https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/
 */
export type AriEvent =
  | { readonly type: 'Dial'; readonly channelId: string; readonly dialstatus: string }
  | { readonly type: 'ChannelStateChange'; readonly channelId: string; readonly state: string }
  | { readonly type: 'StasisStart'; readonly channelId: string; readonly args: readonly string[] }
  | { readonly type: 'ChannelVarset'; readonly channelId: string; readonly variable: string; readonly value: string }
  | { readonly type: 'ChannelDtmfReceived'; readonly channelId: string; readonly digit: string }
  /** `isSoft`: asked for by a command. Its cause is then a flag, and no Q.850 cause. */
  | { readonly type: 'ChannelHangupRequest'; readonly channelId: string; readonly isSoft: boolean }
  | { readonly type: 'ChannelDestroyed'; readonly channelId: string; readonly cause: number | null; readonly techCause: number | null }
  | { readonly type: 'PlaybackStarted'; readonly channelId: string; readonly playbackId: string }
  | { readonly type: 'PlaybackFinished'; readonly channelId: string; readonly playbackId: string; readonly state: string }
  | { readonly type: 'RecordingStarted' | 'RecordingFailed'; readonly channelId: string; readonly recordingId: string }
  /** `isEmpty`: nothing was recorded, and there is no file. */
  | { readonly type: 'RecordingFinished'; readonly channelId: string; readonly recordingId: string; readonly isEmpty: boolean }
  /** Another connection has taken over the events of this application. */
  | { readonly type: 'ApplicationReplaced' }

interface RawEvent {
  type?: unknown
  channel?: RawChannel
  peer?: RawChannel
  playback?: { id?: unknown; target_uri?: unknown; state?: unknown }
  recording?: { name?: unknown; target_uri?: unknown; duration?: unknown }
  dialstatus?: unknown
  args?: unknown
  variable?: unknown
  value?: unknown
  digit?: unknown
  soft?: unknown
  cause?: unknown
  tech_cause?: unknown
}

interface RawChannel {
  id?: unknown
  state?: unknown
}

/** Reads a message of the WebSocket. Null for what the driver does not follow. */
export function readAriEvent(text: string): AriEvent | null {
  const raw = JSON.parse(text) as RawEvent
  const channelId = String(raw.channel?.id ?? '')
  switch (raw.type) {
    case 'Dial':
      return { type: 'Dial', channelId: String(raw.peer?.id ?? ''), dialstatus: String(raw.dialstatus ?? '') }
    case 'ChannelStateChange':
      return { type: raw.type, channelId, state: String(raw.channel?.state ?? '') }
    case 'StasisStart':
      return { type: raw.type, channelId, args: Array.isArray(raw.args) ? raw.args.map(String) : [] }
    case 'ChannelVarset':
      return { type: raw.type, channelId, variable: String(raw.variable ?? ''), value: String(raw.value ?? '') }
    case 'ChannelDtmfReceived':
      return { type: raw.type, channelId, digit: String(raw.digit ?? '') }
    case 'ChannelHangupRequest':
      return { type: raw.type, channelId, isSoft: raw.soft === true }
    case 'ChannelDestroyed':
      return { type: raw.type, channelId, cause: knownCause(raw.cause), techCause: knownCause(raw.tech_cause) }
    case 'PlaybackStarted':
      return { type: raw.type, channelId: targetOf(raw.playback), playbackId: String(raw.playback?.id ?? '') }
    case 'PlaybackFinished': {
      const { id, state } = raw.playback ?? {}
      return { type: raw.type, channelId: targetOf(raw.playback), playbackId: String(id ?? ''), state: String(state ?? '') }
    }
    case 'RecordingFinished': {
      const { name, duration } = raw.recording ?? {}
      return { type: raw.type, channelId: targetOf(raw.recording), recordingId: String(name ?? ''), isEmpty: typeof duration !== 'number' }
    }
    case 'RecordingStarted':
    case 'RecordingFailed':
      return { type: raw.type, channelId: targetOf(raw.recording), recordingId: String(raw.recording?.name ?? '') }
    case 'ApplicationReplaced':
      return { type: raw.type }
    default:
      return null
  }
}

/** 0 means that Asterisk does not know it. */
function knownCause(cause: unknown): number | null {
  return typeof cause === 'number' && cause > 0 ? cause : null
}

/** `channel:<id>` */
function targetOf(about: { target_uri?: unknown } | undefined): string {
  const uri = String(about?.target_uri ?? '')
  return uri.startsWith('channel:') ? uri.slice('channel:'.length) : ''
}
