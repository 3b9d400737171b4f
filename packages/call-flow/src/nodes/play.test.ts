import { describe, expect, test } from 'vitest'
import { dial, finished, graphOf, human, pathOf, play, playThrough, say } from '../../test/support/graphs.ts'
import type { FlowInput } from '../step.ts'

describe('playing and speaking', () => {
  test('put the variables in, and record what was played', () => {
    const graph = graphOf({ d: dial(), p: play('greeting-{{lang|fr}}'), s: say('Hello {{contact.fullName}}') }, [
      'd onAnswer p',
      'p onComplete s',
    ])
    const stopped: FlowInput = { type: 'played', durationMs: 640, completedBy: 'stopped' }
    const call = playThrough(graph, [human, finished(900), stopped], { 'contact.fullName': 'Amina' })
    expect(call.instructions.slice(1, 3)).toMatchObject([
      { type: 'play', media: 'greeting-fr' },
      { type: 'say', text: 'Hello Amina' },
    ])
    expect(call.executed.slice(1)).toMatchObject([
      { outputPath: 'onComplete', data: { media: 'greeting-fr', durationMs: 900, completedBy: 'finished' } },
      { outputPath: 'onComplete', data: { text: 'Hello Amina', durationMs: 640, completedBy: 'stopped' } },
    ])
  })

  test('name language and voice if the flow does', () => {
    const node = { type: 'say' as const, config: { text: 'Salam', language: 'ar-MA', voice: 'Mouna' } }
    const call = playThrough(graphOf({ d: dial(), s: node }, ['d onAnswer s']), [human])
    expect(call.instructions[1]).toEqual({
      type: 'say',
      text: 'Salam',
      language: 'ar-MA',
      voice: 'Mouna',
      nodeId: 's',
      nodeExecutionIndex: 2,
    })
  })

  const failed: FlowInput = { type: 'played', durationMs: 0, completedBy: 'failed' }

  test('that fail follow onFailed', () => {
    const graph = graphOf({ d: dial(), p: play(), s: say('Sorry') }, ['d onAnswer p', 'p onFailed s'])
    const call = playThrough(graph, [human, failed, finished()])
    expect(pathOf(call)).toEqual(['d onAnswer', 'p onFailed', 's onComplete'])
    expect(call.end?.flowOutcome).toBe('completed')
  })

  test('that fail with nowhere to go end the flow as failed, and the call', () => {
    const call = playThrough(graphOf({ d: dial(), p: play() }, ['d onAnswer p']), [human, failed])
    expect(call.instructions.at(-1)).toEqual({ type: 'hangup', reason: 'media_failed', nodeId: 'p', nodeExecutionIndex: 2 })
    expect(call.end).toMatchObject({ flowOutcome: 'failed', reason: 'media_failed' })
  })
})
