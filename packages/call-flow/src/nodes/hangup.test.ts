import { describe, expect, test } from 'vitest'
import { dial, finished, graphOf, human, machine, pathOf, play, playThrough } from '../../test/support/graphs.ts'

describe('a normal end', () => {
  test('is a hangup node: the flow is completed when the hangup is asked for', () => {
    const graph = graphOf({ d: dial(), h: { type: 'hangup', config: { reason: 'done' } } }, ['d onAnswer h'])
    const call = playThrough(graph, [human, { type: 'hungup', by: 'us' }])
    expect(call.instructions[1]).toEqual({ type: 'hangup', reason: 'done', nodeId: 'h', nodeExecutionIndex: 2 })
    expect(pathOf(call)).toEqual(['d onAnswer', 'h terminated'])
    expect(call.end).toMatchObject({ flowOutcome: 'completed', reason: 'finished', detail: 'done', endedAtMs: 1000, nodeExecutionCount: 2 })
    expect(call.state).toEqual({ waitingFor: 'nothing' })
  })

  test('is an output without an edge: the call is hung up', () => {
    const call = playThrough(graphOf({ d: dial(), p: play() }, ['d onAnswer p']), [human, finished()])
    expect(call.instructions.at(-1)).toEqual({ type: 'hangup', reason: 'finished', nodeId: 'p', nodeExecutionIndex: 2 })
    expect(call.end).toMatchObject({ flowOutcome: 'completed', reason: 'finished', endedAtMs: 2000 })
  })

  test('of a call that a machine answered is completed as well', () => {
    const call = playThrough(graphOf({ d: dial(), p: play() }, ['d onVoicemail p']), [machine, finished()])
    expect(call.end?.flowOutcome).toBe('completed')
  })
})
