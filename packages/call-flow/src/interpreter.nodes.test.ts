import { describe, expect, test } from 'vitest'
import {
  calleeHangsUp,
  dial,
  digits,
  dtmf,
  finished,
  graphOf,
  hangup,
  human,
  pathOf,
  play,
  playThrough,
  record,
  say,
  set,
  when,
} from '../test/graphs.ts'
import type { FlowInput } from './step.ts'

describe('playing and speaking', () => {
  test('put the variables in, and record what was heard', () => {
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

  test('name language and voice where the flow does', () => {
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

describe('digits', () => {
  const branches = [
    { output: 'branch_1', digits: ['1', '2'] },
    { output: 'branch_2', digits: ['3'] },
  ]
  const menuOf = (config: Parameters<typeof dtmf>[0]) =>
    graphOf({ d: dial(), m: { ...dtmf(config), label: 'Main Menu' } }, ['d onAnswer m'])

  test('are asked for with the prompt, the lengths and the times of the node', () => {
    const config = { prompt: { text: 'Press 1, {{name}}' }, maxDigits: 4, terminator: '#' }
    const call = playThrough(menuOf(config), [human], { name: 'Amina' })
    expect(call.instructions[1]).toEqual({
      type: 'collect',
      prompt: { text: 'Press 1, Amina' },
      minDigits: 1,
      maxDigits: 4,
      timeoutMs: 5000,
      interDigitTimeoutMs: 2000,
      terminator: '#',
      attempt: 1,
      nodeId: 'm',
      nodeExecutionIndex: 2,
    })
  })

  test.each<[string, Parameters<typeof dtmf>[0], FlowInput, string, string | null]>([
    ['of a branch', { branches }, digits('2'), 'branch_1', 'branch_1'],
    ['of another branch', { branches }, digits('3'), 'branch_2', 'branch_2'],
    ['of no branch', { branches }, digits('9'), 'onInvalid', null],
    ['that do not come', { branches }, digits(''), 'onTimeout', null],
    ['of a node without branches', { maxDigits: 6 }, digits('123456'), 'onComplete', null],
    [
      'that stop early, when enough',
      { maxDigits: 6, minDigits: 2 },
      { type: 'collected', digits: '12', endedBy: 'timeout' },
      'onComplete',
      null,
    ],
    [
      'that stop early, when too few',
      { maxDigits: 6, minDigits: 3 },
      { type: 'collected', digits: '12', endedBy: 'timeout' },
      'onInvalid',
      null,
    ],
    ['that are only a terminator', { terminator: '#' }, { type: 'collected', digits: '', endedBy: 'terminator' }, 'onInvalid', null],
    ['that are too many', {}, digits('12'), 'onInvalid', null],
  ])('%s', (_case, config, input, outputPath, branch) => {
    const call = playThrough(menuOf({ ...config, variable: 'choice' }), [human, input])
    const entered = input.type === 'collected' ? input.digits : ''
    expect(call.executed[1]).toMatchObject({ outputPath, data: { digits: entered, branch, attempts: 1 } })
    const accepted = branch !== null || outputPath === 'onComplete'
    expect(call.end?.finalVariables).toEqual({ answeredBy: 'human', ...(accepted ? { choice: entered } : {}) })
  })

  test('are asked for again while attempts are left: one execution with the digits of the last', () => {
    const call = playThrough(menuOf({ branches, maxAttempts: 3, prompt: { media: 'menu' } }), [human, digits(''), digits('9'), digits('3')])
    const collects = call.instructions.filter((instruction) => instruction.type === 'collect')
    expect(collects.map(({ attempt, nodeExecutionIndex }) => [attempt, nodeExecutionIndex])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ])
    expect(call.executed[1]).toMatchObject({
      outputPath: 'branch_2',
      durationMs: 3000,
      data: { digits: '3', branch: 'branch_2', attempts: 3 },
    })
  })

  test('take the output of the last attempt when all have failed', () => {
    expect(pathOf(playThrough(menuOf({ branches, maxAttempts: 2 }), [human, digits('9'), digits('')]))).toContain('m onTimeout')
    expect(pathOf(playThrough(menuOf({ branches, maxAttempts: 2 }), [human, digits(''), digits('9')]))).toContain('m onInvalid')
  })

  test('reported for an earlier attempt are absorbed', () => {
    const late: FlowInput = { type: 'collected', digits: '1', endedBy: 'complete', nodeExecutionIndex: 2, attempt: 1 }
    const call = playThrough(menuOf({ branches, maxAttempts: 2 }), [human, digits('9'), late])
    expect(call.state).toMatchObject({ waitingFor: 'digits', attempt: 2 })
  })
})

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

  test('go by onDefault where no branch holds', () => {
    expect(pathOf(playThrough(graph, [human], { credit: 20 }))).toEqual(['d onAnswer', 'v onComplete', 'c onDefault', 'poor terminated'])
  })

  test('keep numbers, booleans and null as they are', () => {
    const nodes = { d: dial(), a: set('n', 5), b: set('yes', true), c: set('none', null) }
    const call = playThrough(graphOf(nodes, ['d onAnswer a', 'a onComplete b', 'b onComplete c']), [human])
    expect(call.end?.finalVariables).toEqual({ answeredBy: 'human', n: 5, yes: true, none: null })
  })

  test('bound a text that a loop doubles', () => {
    const nodes = { d: dial(), p: play(), v: set('text', '{{text|ab}}{{text}}') }
    const call = playThrough(graphOf(nodes, ['d onAnswer p', 'p onComplete v', 'v onComplete p']), [
      human,
      ...Array(40).fill(finished()),
      calleeHangsUp,
    ])
    expect(call.end?.finalVariables.text).toHaveLength(2000)
  })
})

describe('recording', () => {
  const graph = graphOf({ d: dial(), r: record({ silenceMs: 3000, variable: 'message' }) }, ['d onAnswer r'])

  test('asks with its limits and a beep, and keeps the id of the recording', () => {
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

  test('keeps what was said up to the hangup', () => {
    const call = playThrough(graph, [human, { ...calleeHangsUp, recordingId: 'rec-1' } as FlowInput])
    expect(call.executed[1]).toMatchObject({ outputPath: 'hangup', data: { durationMs: 1000, recordingId: 'rec-1' } })
    expect(call.end).toMatchObject({ flowOutcome: 'abandoned', finalVariables: { message: 'rec-1' } })
  })
})
