import type { AnsweredBy } from '@carillon/call-flow/nodes/dial'
import type { DigitEntry } from '@carillon/call-flow/nodes/dtmf'
import type { RecordingLimits } from '@carillon/call-flow/nodes/record'
import type { Operation } from '@carillon/call-flow/operation'
import type { CarrierEvent } from '../../domain/carrier-event.ts'
import type { AriEvent } from './ari-event.ts'

/** What the driver knows of a channel that it has asked for. Instants are epoch milliseconds of the platform. */
export interface Channel {
  readonly id: string
  readonly amd: boolean
  readonly timeoutMs: number
  readonly askedAtMs: number
  /** `detecting`: answered, and it is not known yet by whom. */
  readonly phase: 'dialing' | 'detecting' | 'up' | 'ended'
  readonly isOriginated: boolean
  readonly isRinging: boolean
  readonly pickedUpAtMs: number | null
  /** We asked for the end of the call. */
  readonly isHungUpByUs: boolean
  /** The far end asked for the end of the call. */
  readonly isHungUpByThem: boolean
  readonly operation: OperationRun | null
  /** When a key is waited for no longer. */
  readonly timerAtMs: number | null
  /** When the PBX should have said something: it is asked then. */
  readonly overdueAtMs: number
}

/** What is asked of the PBX for a channel. */
export type ChannelCommand =
  | { readonly type: 'play'; readonly playbackId: string; readonly media: string }
  | { readonly type: 'stop_playback'; readonly playbackId: string }
  | ({ readonly type: 'record'; readonly recordingId: string } & Omit<RecordingLimits, 'beep'>)
  | { readonly type: 'detect' }
  | { readonly type: 'hang_up' }

export type ChannelInput =
  | { readonly type: 'event'; readonly event: AriEvent }
  /** The PBX has accepted the originate. */
  | { readonly type: 'accepted' }
  /** `media`: what is played, as the PBX names it; null for nothing, or for a prompt that cannot be had. */
  | { readonly type: 'perform'; readonly operation: Operation; readonly media: string | null; readonly recordingId: string }
  | { readonly type: 'hang_up' }
  | { readonly type: 'timer' }
  /** A request about the operation was refused. */
  | { readonly type: 'operation_refused' }
  /** What the PBX says about a channel of which nothing was heard for too long, or after events were missed. */
  | { readonly type: 'found'; readonly found: FoundChannel }
  | { readonly type: 'gone' }

/** A channel as the PBX shows it when it is asked. */
export interface FoundChannel {
  readonly isAnswered: boolean
  /** The verdict of the detection, once it is there. */
  readonly answeredBy: AnsweredBy | null
  /** It waits for our commands. */
  readonly isWaiting: boolean
  /** Whether what the operation plays or records is still going on; null if it does neither. */
  readonly isOperating: boolean | null
}

export interface ChannelStep {
  readonly channel: Channel
  readonly reports: readonly CarrierEvent[]
  readonly commands: readonly ChannelCommand[]
}

/** A step while it is worked out. */
export interface ChannelDraft {
  channel: { -readonly [K in keyof Channel]: Channel[K] }
  reports: CarrierEvent[]
  commands: ChannelCommand[]
}

/** How long the PBX may say nothing beyond what it was asked to do. */
export const quietMs = 15_000

/** An operation under way on a channel. */
export type OperationRun = Playing | Collecting | Recording

export interface Playing {
  readonly type: 'playing'
  readonly operationId: string
  readonly playbackId: string
  readonly startedAtMs: number
}

export interface Collecting {
  readonly type: 'collecting'
  readonly operationId: string
  readonly entry: DigitEntry
  /** The prompt, while it is played. */
  readonly playbackId: string | null
  readonly digits: string
}

export interface Recording {
  readonly type: 'recording'
  readonly operationId: string
  readonly limits: Omit<RecordingLimits, 'beep'>
  /** The beep before it, while it is played. */
  readonly playbackId: string | null
  readonly recordingId: string
  readonly startedAtMs: number
}
