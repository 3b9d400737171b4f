import { describe, expect, test } from 'vitest'
import { dial, finished, graphOf, hangup, human, pathOf, play, playThrough, set } from '../../test/support/graphs.ts'
import type { FlowInput } from '../step.ts'

describe('dialing', () => {
  test('is the first instruction, with thirty seconds of ringing unless the flow says otherwise', () => {
    expect(playThrough(graphOf({ d: dial() }, []), []).instructions).toEqual([
      { type: 'dial', timeoutMs: 30_000, nodeId: 'd', nodeExecutionIndex: 1 },
    ])
    expect(playThrough(graphOf({ d: dial({ timeoutMs: 9000, amd: false }) }, []), []).instructions).toEqual([
      { type: 'dial', timeoutMs: 9000, amd: false, nodeId: 'd', nodeExecutionIndex: 1 },
    ])
  })

  test('ends with the answer: the dial node is executed, the answerer is a variable, the next node runs', () => {
    const graph = graphOf({ d: { ...dial(), label: 'Dial Contact' }, p: play() }, ['d onAnswer p'])
    const call = playThrough(graph, [human], { 'sys.attempt': 1 })
    expect(call.executed).toEqual([
      {
        nodeId: 'd',
        nodeType: 'dial',
        nodeLabel: 'Dial Contact',
        nodeExecutionIndex: 1,
        visit: 1,
        startedAtMs: 0,
        endedAtMs: 1000,
        durationMs: 1000,
        outputPath: 'onAnswer',
        data: { answeredBy: 'human', outcome: null },
      },
    ])
    expect(call.instructions[1]).toEqual({ type: 'play', media: 'welcome', nodeId: 'p', nodeExecutionIndex: 2 })
    expect(call.state).toMatchObject({ waitingFor: 'playback', variables: { 'sys.attempt': 1, answeredBy: 'human' } })
    expect(call.end).toBeUndefined()
  })

  test.each<['machine' | 'unsure', string[], string[]]>([
    ['machine', ['d onAnswer p', 'd onVoicemail v'], ['d onVoicemail', 'v terminated']],
    ['machine', ['d onAnswer p', 'd onBusy v'], ['d onAnswer', 'p onComplete']],
    ['machine', ['d onBusy p2', 'p2 onComplete p', 'p onComplete v'], ['d onVoicemail']],
    ['unsure', ['d onAnswer p', 'd onVoicemail v'], ['d onAnswer', 'p onComplete']],
  ])('answered by %s with edges %j goes %j', (answeredBy, edges, path) => {
    const silent = edges.length === 3
    const nodes = silent ? { d: dial(), p2: set('a', 1), p: set('b', 1), v: hangup() } : { d: dial(), p: play(), v: hangup() }
    const call = playThrough(graphOf(nodes, edges), [{ type: 'answered', answeredBy }, finished()])
    expect(pathOf(call)).toEqual(path)
    expect(call.end?.flowOutcome).toBe('completed')
  })

  test.each([
    ['no_answer', 'onNoAnswer'],
    ['busy', 'onBusy'],
    ['rejected', 'onRejected'],
    ['failed', 'onFailed'],
  ] as const)('that ends %s takes %s, and the flow fails whatever it does then', (outcome, output) => {
    const refused: FlowInput = { type: 'not_answered', outcome, reason: 'Q.850 cause 17' }
    const call = playThrough(graphOf({ d: dial(), v: set('called', false), h: hangup() }, [`d ${output} v`, 'v onComplete h']), [refused])
    expect(pathOf(call)).toEqual([`d ${output}`, 'v onComplete', 'h terminated'])
    expect(call.executed[0]?.data).toEqual({ answeredBy: null, outcome, reason: 'Q.850 cause 17' })
    expect(call.instructions).toHaveLength(1)
    expect(call.end).toEqual({
      flowOutcome: 'failed',
      reason: outcome,
      detail: 'Q.850 cause 17',
      finalVariables: { called: false },
      nodeExecutionCount: 3,
      endedAtMs: 1000,
    })
  })
})
