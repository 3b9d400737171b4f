import { describe, expect, test } from 'vitest'
import {
  calleeHangsUp,
  dial,
  finished,
  graphOf,
  hangup,
  human,
  pathOf,
  play,
  playThrough,
  say,
  set,
  when,
} from '../../test/support/graphs.ts'

describe('conditions and variables', () => {
  const graph = graphOf(
    {
      d: dial(),
      v: set('greeting', 'Dear {{contact.firstName|client}}'),
      c: when('credit', 'gt', 100),
      rich: say('{{greeting}}'),
      poor: hangup(),
    },
    ['d onAnswer v', 'v onComplete c', 'c branch_1 rich', 'c onDefault poor'],
  )

  test('take no time: one step runs them up to the next node that waits', () => {
    const call = playThrough(graph, [human], { credit: 200 })
    expect(call.executed.slice(1)).toMatchObject([
      { nodeType: 'set_variable', outputPath: 'onComplete', durationMs: 0, data: { name: 'greeting', value: 'Dear client' } },
      { nodeType: 'condition', outputPath: 'branch_1', durationMs: 0, data: {} },
    ])
    expect(call.instructions[1]).toMatchObject({ type: 'say', text: 'Dear client', nodeExecutionIndex: 4 })
  })

  test('take onDefault if no branch holds', () => {
    expect(pathOf(playThrough(graph, [human], { credit: 20 }))).toEqual(['d onAnswer', 'v onComplete', 'c onDefault', 'poor terminated'])
  })

  test('keep numbers, booleans and null as they are', () => {
    const nodes = { d: dial(), a: set('n', 5), b: set('yes', true), c: set('none', null) }
    const call = playThrough(graphOf(nodes, ['d onAnswer a', 'a onComplete b', 'b onComplete c']), [human])
    expect(call.end?.finalVariables).toEqual({ answeredBy: 'human', n: 5, yes: true, none: null })
  })

  test('limit a text that a loop doubles', () => {
    const nodes = { d: dial(), p: play(), v: set('text', '{{text|ab}}{{text}}') }
    const call = playThrough(graphOf(nodes, ['d onAnswer p', 'p onComplete v', 'v onComplete p']), [
      human,
      ...Array(40).fill(finished()),
      calleeHangsUp,
    ])
    expect(call.end?.finalVariables.text).toHaveLength(2000)
  })
})
