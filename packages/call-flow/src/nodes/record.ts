import { Type } from '@sinclair/typebox'
import { closed, hourMs, minuteMs, Terminator } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { Done, WaitingNode } from '../node-type.ts'
import { mediaOutput, mediaOutputs } from '../playback.ts'
import { VariableName } from '../variable.ts'

const RecordConfig = closed({
  maxDurationMs: Type.Integer({ minimum: 1000, maximum: hourMs, description: 'The longest recording, in milliseconds' }),
  silenceMs: Type.Optional(
    Type.Integer({ minimum: 500, maximum: minuteMs, description: 'Silence that ends the recording, in milliseconds' }),
  ),
  terminator: Type.Optional(Terminator),
  beep: Type.Optional(Type.Boolean({ default: true, description: 'Whether a beep precedes the recording' })),
  variable: Type.Optional({ ...VariableName, description: 'The variable that gets the id of the recording' }),
})

/** What ends a recording, besides the callee. */
export interface RecordingLimits {
  readonly maxDurationMs: number
  readonly silenceMs?: number
  readonly terminator?: string
  readonly beep: boolean
}

interface RecordTypes {
  readonly action: { readonly limits: RecordingLimits; readonly variable: string | null }
  readonly waitingFor: 'recording'
  readonly memory: Record<never, never>
  readonly order: { readonly type: 'record' } & RecordingLimits
  readonly input: { readonly type: 'recorded'; readonly durationMs: number; readonly recordingId?: string; readonly ok: boolean }
  readonly data: { readonly durationMs: number; readonly recordingId: string | null }
}

/** Records the callee. What was recorded before the call ended is kept. */
export const record: WaitingNode<typeof RecordConfig, RecordTypes> = {
  description: 'Records the callee. What was recorded before the call ended is kept. Outputs: `onComplete`, `onFailed`.',
  config: RecordConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs: () => mediaOutputs,
  variablesWritten: ({ variable }) => textAt('/config/variable', variable),
  run: {
    waitingFor: 'recording',
    answers: ['recorded'],
    compile: ({ variable = null, beep = true, ...limits }) => ({ limits: { ...limits, beep }, variable }),
    start: ({ limits }) => ({ order: { type: 'record', ...limits }, memory: {} }),
    answer: ({ ok, durationMs, recordingId }, { action }) => ({
      ...mediaOutput(ok),
      ...kept(action.variable, durationMs, recordingId),
    }),
    interrupt: ({ action, durationMs }, { recordingId }) => kept(action.variable, durationMs, recordingId),
  },
}

function kept(
  variable: string | null,
  durationMs: number,
  recordingId: string | null = null,
): Pick<Done<RecordTypes['data']>, 'data' | 'set'> {
  const data = { durationMs, recordingId }
  return variable === null || recordingId === null ? { data } : { data, set: { [variable]: recordingId } }
}
