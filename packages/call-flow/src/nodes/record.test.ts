import { describe, expect, test } from 'vitest'
import { calleeHangsUp, dial, graphOf, human, playThrough, record } from '../../test/support/graphs.ts'
import type { FlowInput } from '../step.ts'

describe('recording', () => {
  const graph = graphOf({ d: dial(), r: record({ silenceMs: 3000, variable: 'message' }) }, ['d onAnswer r'])

  test('is asked for with its limits and a beep, and keeps the id of the recording', () => {
    const call = playThrough(graph, [human, { type: 'recorded', durationMs: 800, recordingId: 'rec-1', ok: true }])
    expect(call.instructions[1]).toEqual({
      type: 'record',
      maxDurationMs: 30_000,
      silenceMs: 3000,
      beep: true,
      nodeId: 'r',
      nodeExecutionIndex: 2,
    })
    expect(call.executed[1]).toMatchObject({ outputPath: 'onComplete', data: { durationMs: 800, recordingId: 'rec-1' } })
    expect(call.end?.finalVariables).toMatchObject({ message: 'rec-1' })
  })

  test('that fails with nowhere to go ends the flow as failed', () => {
    const call = playThrough(graph, [human, { type: 'recorded', durationMs: 0, ok: false }])
    expect(call.executed[1]).toMatchObject({ outputPath: 'onFailed', data: { recordingId: null } })
    expect(call.end).toMatchObject({ flowOutcome: 'failed', reason: 'media_failed' })
  })

  test('keeps what was recorded before the hangup', () => {
    const call = playThrough(graph, [human, { ...calleeHangsUp, recordingId: 'rec-1' } as FlowInput])
    expect(call.executed[1]).toMatchObject({ outputPath: 'hangup', data: { durationMs: 1000, recordingId: 'rec-1' } })
    expect(call.end).toMatchObject({ flowOutcome: 'abandoned', finalVariables: { message: 'rec-1' } })
  })
})
