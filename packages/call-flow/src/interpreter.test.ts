import { describe, expect, test } from 'vitest'
import { calleeHangsUp, dial, digits, dtmf, finished, graphOf, human, play, playThrough, say, set } from '../test/support/graphs.ts'
import { compileFlow, InvalidFlowError } from './compile.ts'
import { advance, maxNodeExecutions, startFlow } from './interpreter.ts'
import type { FlowInput } from './step.ts'

describe('the end of the call while a node runs', () => {
  const nodes = { d: dial(), p: play(), m: dtmf({ maxAttempts: 2 }), s: say('Bye') }
  const graph = graphOf(nodes, ['d onAnswer p', 'p onComplete m', 'm onComplete s'])

  test.each<[string, FlowInput[], string, object]>([
    ['playing', [human], 'p', { media: 'welcome', durationMs: 1000, completedBy: 'stopped' }],
    ['asking again', [human, finished(), digits('')], 'm', { digits: '', branch: null, attempts: 2 }],
    ['speaking', [human, finished(), digits('1')], 's', { text: 'Bye', durationMs: 1000, completedBy: 'stopped' }],
  ])('by the callee, %s, abandons the flow; the node is recorded as interrupted', (_case, inputs, nodeId, data) => {
    const call = playThrough(graph, [...inputs, calleeHangsUp])
    expect(call.executed.at(-1)).toMatchObject({ nodeId, outputPath: 'hangup', data })
    expect(call.end).toMatchObject({ flowOutcome: 'abandoned', reason: 'callee_hung_up' })
    expect(call.instructions.some(({ type }) => type === 'hangup')).toBe(false)
  })

  test.each<['callee' | 'us' | 'carrier', boolean, string, string]>([
    ['us', true, 'failed', 'stopped'],
    ['carrier', true, 'failed', 'carrier_failed'],
    ['callee', false, 'failed', 'callee_hung_up'],
    ['us', false, 'failed', 'stopped'],
    ['carrier', false, 'failed', 'carrier_failed'],
  ])('by %s, answered %j, makes it %s: %s', (by, answered, flowOutcome, reason) => {
    const call = playThrough(graph, [...(answered ? [human] : []), { type: 'hungup', by, reason: 'why' }])
    expect(call.end).toMatchObject({ flowOutcome, reason, detail: 'why' })
    expect(call.executed.at(-1)).toMatchObject({ nodeId: answered ? 'p' : 'd', outputPath: 'hangup' })
  })
})

describe('loops', () => {
  const graph = graphOf({ d: dial(), m: dtmf(), p: play() }, ['d onAnswer m', 'm onComplete p', 'p onComplete m'])

  test('count the visits of each node and the executions of the call', () => {
    const call = playThrough(graph, [human, digits('1'), finished(), digits('2'), finished(), calleeHangsUp])
    expect(call.executed.map(({ nodeId, nodeExecutionIndex, visit }) => [nodeId, nodeExecutionIndex, visit])).toEqual([
      ['d', 1, 1],
      ['m', 2, 1],
      ['p', 3, 1],
      ['m', 4, 2],
      ['p', 5, 2],
      ['m', 6, 3],
    ])
    expect(call.end?.nodeExecutionCount).toBe(6)
  })

  test(`are ended after ${maxNodeExecutions} executions: the flow has failed, the call is hung up`, () => {
    const rounds = Array.from({ length: maxNodeExecutions }, () => [digits('1'), finished()]).flat()
    const call = playThrough(graph, [human, ...rounds])
    expect(call.end).toMatchObject({ flowOutcome: 'failed', reason: 'node_limit', nodeExecutionCount: maxNodeExecutions })
    expect(call.executed).toHaveLength(maxNodeExecutions)
    expect(call.instructions.at(-1)).toMatchObject({ type: 'hangup', nodeExecutionIndex: maxNodeExecutions })
  })
})

describe('a fact that does not fit', () => {
  const flow = compileFlow(graphOf({ d: dial(), p: play(), p2: play() }, ['d onAnswer p', 'p onComplete p2']))
  const dialing = startFlow(flow, {}, 0).state
  const playing = advance(flow, dialing, human, 1000).state
  const over = advance(flow, dialing, { type: 'hungup', by: 'callee' }, 1000).state

  test.each([
    ['a playback while it rings', dialing, finished()],
    ['digits while it rings', dialing, digits('1')],
    ['a second answer', playing, human],
    ['a refusal after the answer', playing, { type: 'not_answered', outcome: 'busy' } as const],
    ['the end of a recording that nobody asked for', playing, { type: 'recorded', durationMs: 1, ok: true } as const],
    ['a playback that belongs to an earlier node', playing, { ...finished(), nodeExecutionIndex: 1 }],
    ['anything after the end', over, finished()],
    ['a second hangup', over, calleeHangsUp],
  ])('is absorbed: %s', (_case, state, input) => {
    const step = advance(flow, state, input, 2000)
    expect(step).toEqual({ state, instructions: [], executed: [] })
    expect(step.state).toBe(state)
  })

  test('does not change the state that it was given', () => {
    const before = JSON.stringify(playing)
    advance(flow, playing, finished(), 2000)
    expect(JSON.stringify(playing)).toBe(before)
  })
})

test('a state goes on after a trip through JSON', () => {
  const flow = compileFlow(graphOf({ d: dial(), v: set('a', 1), p: play('{{a}}') }, ['d onAnswer v', 'v onComplete p']))
  const playing = advance(flow, startFlow(flow, {}, 0).state, human, 1000)
  const resumed = advance(flow, JSON.parse(JSON.stringify(playing.state)), finished(), 2000)
  expect(resumed).toEqual(advance(flow, playing.state, finished(), 2000))
})

test('a clock that steps back gives no negative duration', () => {
  const flow = compileFlow(graphOf({ d: dial() }, []))
  const step = advance(flow, startFlow(flow, {}, 5000).state, human, 4000)
  expect(step.executed[0]).toMatchObject({ startedAtMs: 5000, endedAtMs: 5000, durationMs: 0 })
})

test('a state of another flow is refused', () => {
  const { state } = startFlow(compileFlow(graphOf({ d: dial() }, [])), {}, 0)
  expect(() => advance(compileFlow(graphOf({ other: dial() }, [])), state, human, 1)).toThrow(RangeError)
})

test('an invalid flow does not compile, and says why', () => {
  const compiling = () => compileFlow(graphOf({ d: dial(), p: play() }, []))
  expect(compiling).toThrow(InvalidFlowError)
  expect(compiling).toThrow(/first \/nodes: no edge leads to 'd', 'p'/)
})
