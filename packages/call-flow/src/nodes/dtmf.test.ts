import { describe, expect, test } from 'vitest'
import { dial, digits, dtmf, graphOf, human, pathOf, playThrough } from '../../test/support/graphs.ts'
import type { FlowInput } from '../step.ts'

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

  test('are asked for again while attempts are left: one execution, with the digits of the last attempt', () => {
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

  test('take the output of the last attempt when all failed', () => {
    expect(pathOf(playThrough(menuOf({ branches, maxAttempts: 2 }), [human, digits('9'), digits('')]))).toContain('m onTimeout')
    expect(pathOf(playThrough(menuOf({ branches, maxAttempts: 2 }), [human, digits(''), digits('9')]))).toContain('m onInvalid')
  })

  test('reported for an earlier attempt are absorbed', () => {
    const late: FlowInput = { type: 'collected', digits: '1', endedBy: 'complete', nodeExecutionIndex: 2, attempt: 1 }
    const call = playThrough(menuOf({ branches, maxAttempts: 2 }), [human, digits('9'), late])
    expect(call.state).toMatchObject({ waitingFor: 'digits', attempt: 2 })
  })
})
