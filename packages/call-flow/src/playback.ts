import type { Done } from './node-type.ts'

/** `stopped`: cut short, by us or by the end of the call. */
export type CompletedBy = 'finished' | 'stopped' | 'failed'

export interface Playback {
  readonly durationMs: number
  readonly completedBy: CompletedBy
}

/** The end of a playback, as the carrier reports it. */
export interface Played extends Playback {
  readonly type: 'played'
}

export const mediaOutputs = ['onComplete', 'onFailed'] as const

/** The output of a node that plays or records. Failed media without an edge for it fail the flow. */
export function mediaOutput(isOk: boolean): Pick<Done<never>, 'output' | 'failsUnlinked'> {
  return isOk ? { output: 'onComplete' } : { output: 'onFailed', failsUnlinked: 'media_failed' }
}
