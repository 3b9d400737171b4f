import type { DigitEntry, RecordingLimits } from '@carillon/call-flow/compile'
import type { AnsweredBy, CompletedBy, FlowInputOf, Prompt, Speech } from '@carillon/call-flow/step'

/**
 * What places calls: a simulation, a PBX. One method per thing that a call may be asked to do; what happens on the line comes back as
 * {@link CarrierEvent}s. A promise resolves once the carrier has taken the command and rejects where it refused it.
 *
 * A driver gives the events of one channel in the order in which they happened, `ended` exactly once and last, and reports an audio
 * that the end of the call cut short by `ended` alone.
 */
export interface Carrier {
  /** Asks for a call. Refused, nobody is dialed and no event follows; a channel id that is live is always refused. */
  originate(request: OriginateRequest): Promise<void>
  play(channelId: string, command: PlayCommand): Promise<void>
  say(channelId: string, command: SayCommand): Promise<void>
  collect(channelId: string, command: CollectCommand): Promise<void>
  record(channelId: string, command: RecordCommand): Promise<void>
  /** Ends the call, whatever it is doing. `ended` follows. */
  hangup(channelId: string, reason: string): Promise<void>
  /** What the carrier knows of a channel that another process of ours may have asked for. */
  lookup(channelId: string): Promise<ChannelPresence>
  close(): Promise<void>
}

/** `unknown-yet`: the carrier cannot say now, e.g. while it restarts; ask again. */
export type ChannelPresence = 'live' | 'gone' | 'unknown-yet'

export interface OriginateRequest {
  /** The call id: whoever adopts the call finds its channel by it. */
  readonly channelId: string
  readonly from: string
  readonly to: string
  readonly attempt: number
  /** How long it may ring. */
  readonly timeoutMs: number
  /** Whether to find out who answered before `answered` is reported. */
  readonly amd: boolean
  /** When the call began, epoch milliseconds: no event of it may be stamped earlier. */
  readonly requestedAtMs: number
}

/** `operationId` comes back in the event that answers the command: one that is reported late or twice is told by it. */
interface Operation {
  readonly operationId: string
}
export type PlayCommand = Operation & { readonly media: string }
export type SayCommand = Operation & Speech
export type CollectCommand = Operation & DigitEntry & { readonly prompt?: Prompt }
export type RecordCommand = Operation & RecordingLimits

/** What happened on a channel. `atMs` is when it happened, epoch milliseconds by the platform's clock, stamped by the driver. */
export type CarrierEvent = { readonly atMs: number } & (
  | { readonly type: 'originated' }
  | { readonly type: 'ringing' }
  /** `atMs` is when it became known who answered, `pickedUpAtMs` when it was answered. */
  | { readonly type: 'answered'; readonly pickedUpAtMs: number; readonly answeredBy: AnsweredBy }
  | { readonly type: 'played'; readonly operationId: string; readonly durationMs: number; readonly completedBy: CompletedBy }
  | ({ readonly type: 'collected'; readonly operationId: string } & Pick<FlowInputOf<'collected'>, 'digits' | 'endedBy'>)
  | {
      readonly type: 'recorded'
      readonly operationId: string
      readonly durationMs: number
      readonly ok: boolean
      readonly recordingId?: string
    }
  | {
      readonly type: 'ended'
      readonly by: 'callee' | 'us' | 'carrier'
      /** As received; null where the carrier gave none. */
      readonly sipStatus: number | null
      readonly q850Cause: number | null
      /** The ring time ran out before anybody answered. */
      readonly ringTimeout: boolean
      /** What was recorded up to then, where a recording was under way. */
      readonly recordingId?: string
    }
)
export type CarrierEventOf<T extends CarrierEvent['type']> = Extract<CarrierEvent, { type: T }>

/** Where a driver reports to. */
export type CarrierListener = (channelId: string, event: CarrierEvent) => void
