import { describe, expect, test } from 'vitest'
import { dial, dtmf, graphOf, hangup, play, record, say, set, when } from '../test/support/graphs.ts'
import { maxNodes } from './graph.ts'
import { checkFlow, validateFlow } from './validation.ts'

/** What is wrong, as `code pointer`. */
const found = (input: unknown) => validateFlow(input).map(({ code, pointer }) => `${code} ${pointer}`)

describe('a valid flow', () => {
  test.each([
    ['one dial', graphOf({ dial: dial() }, [])],
    ['a named start', graphOf({ dial: dial(), bye: hangup() }, ['dial onAnswer bye'], 'dial')],
    [
      'a hangup shared by answered and unanswered routes',
      graphOf({ dial: dial(), play: play(), bye: hangup() }, ['dial onAnswer play', 'play onComplete bye', 'dial onBusy bye']),
    ],
    [
      'a menu that loops back',
      graphOf({ dial: dial(), menu: dtmf({ branches: [{ output: 'branch_1', digits: ['1'] }] }), info: play() }, [
        'dial onAnswer menu',
        'menu branch_1 info',
        'info onComplete menu',
        'menu onInvalid menu',
      ]),
    ],
    [
      'an answer node and a condition in a loop with audio',
      graphOf({ dial: dial(), answer: { type: 'answer', config: {} }, again: when('n', 'lt', 3), count: set('n', 3), play: play() }, [
        'dial onAnswer answer',
        'answer onComplete again',
        'again branch_1 play',
        'play onComplete count',
        'count onComplete again',
      ]),
    ],
    [
      'a condition after no answer',
      graphOf({ dial: dial(), c: when('sys.attempt', 'gt', 2), v: set('late', true) }, ['dial onBusy c', 'c branch_1 v']),
    ],
  ])('with %s has no problem', (_case, graph) => {
    expect(found(graph)).toEqual([])
  })
})

describe('a value that is not a graph', () => {
  const bad = (type: string, config: unknown) => ({
    nodes: [
      { id: 'd', type: 'dial', config: {} },
      { id: 'n', type, config },
    ],
    edges: [],
  })

  test.each<[string, unknown, string[]]>([
    ['null', null, ['shape ']],
    ['no edges', { nodes: [{ id: 'd', type: 'dial', config: {} }] }, ['shape /edges']],
    ['no node', { nodes: [], edges: [] }, ['shape /nodes']],
    ['a node that is not an object', { nodes: ['dial'], edges: [] }, ['shape /nodes/0']],
    ['a node without a type', { nodes: [{ id: 'd', config: {} }], edges: [] }, ['shape /nodes/0/type']],
    ['an unknown type', bad('teleport', {}), ['unknown_node_type /nodes/1/type']],
    ['a type named like an inherited property', bad('constructor', {}), ['unknown_node_type /nodes/1/type']],
    ['a play without media', bad('play', {}), ['shape /nodes/1/config/media']],
    ['a misspelt setting', bad('dial', { timeout: 30 }), ['shape /nodes/1/config/timeout']],
    ['a ring time of two seconds in the wrong unit', bad('dial', { timeoutMs: 2 }), ['shape /nodes/1/config/timeoutMs']],
    [
      'an unknown operator',
      bad('condition', { branches: [{ output: 'branch_1', all: [{ variable: 'a', operator: '~', value: 1 }] }] }),
      ['shape /nodes/1/config/branches/0/all/0/operator'],
    ],
    [
      'a branch by another name',
      bad('condition', { branches: [{ output: 'yes', all: [{ variable: 'a', operator: 'is_set' }] }] }),
      ['shape /nodes/1/config/branches/0/output'],
    ],
    ['an sms without a message', bad('sms', { to: '+212600000000' }), ['shape /nodes/1/config/message']],
    ['an id with a blank', { nodes: [{ id: 'a b', type: 'dial', config: {} }], edges: [] }, ['shape /nodes/0/id']],
    ['an id that is too long', { nodes: [{ id: 'x'.repeat(65), type: 'dial', config: {} }], edges: [] }, ['shape /nodes/0/id']],
    [
      'a label that is too long',
      { nodes: [{ id: 'd', type: 'dial', label: 'x'.repeat(201), config: {} }], edges: [] },
      ['shape /nodes/0/label'],
    ],
    ['an unknown key', { nodes: [{ id: 'd', type: 'dial', config: {} }], edges: [], version: 1 }, ['shape /version']],
    [
      'too many nodes',
      graphOf(Object.fromEntries(Array.from({ length: maxNodes + 1 }, (_, n) => [`n${n}`, dial()])), []),
      ['shape /nodes'],
    ],
  ])('is reported at its place: %s', (_case, input, problems) => {
    expect(found(input)).toEqual(problems)
  })

  test('has all its problems reported at once, each with what was expected', () => {
    const nodes = [
      { id: '', type: 'dial', config: {} },
      { id: 'p', type: 'play', config: { media: '' } },
      { id: 'x', type: 'plya', config: {} },
    ]
    expect(checkFlow({ nodes, edges: [{ source: 'p' }] })).toEqual({
      ok: false,
      problems: [
        { pointer: '/nodes/0/id', code: 'shape', message: 'must be 1 to 64 letters, digits or _ . : -, such as dial-1' },
        { pointer: '/nodes/1/config/media', code: 'shape', message: 'must not be empty' },
        { pointer: '/nodes/2/type', code: 'unknown_node_type', message: expect.stringMatching(/^must be one of "dial", "answer", "play"/) },
        { pointer: '/edges/0/output', code: 'shape', message: 'is required: a text of 1 to 64 characters' },
        {
          pointer: '/edges/0/target',
          code: 'shape',
          message: 'is required: 1 to 64 letters, digits or _ . : -, such as dial-1',
        },
      ],
      more: 0,
    })
  })

  test('has twenty problems described and the others counted', () => {
    const nodes = Array.from({ length: maxNodes }, () => ({ id: '', type: 'dial', config: {} }))
    const check = checkFlow({ nodes, edges: [] })
    expect(check).toMatchObject({ ok: false, more: maxNodes - 20 })
    expect(validateFlow({ nodes, edges: [] })).toHaveLength(20)
  })
})

describe('a graph that cannot be run', () => {
  const menu = (config: Parameters<typeof dtmf>[0]) => graphOf({ dial: dial(), menu: dtmf(config) }, ['dial onAnswer menu'])
  const answeredBy = (node: Parameters<typeof graphOf>[0][string]) => graphOf({ dial: dial(), n: node }, ['dial onAnswer n'])

  test.each<[string, unknown, string[]]>([
    ['a type that cannot run yet', answeredBy({ type: 'sms', config: { message: 'Hi' } }), ['node_type_not_available /nodes/1/type']],
    ['a transfer', answeredBy({ type: 'transfer', config: { to: '6001' } }), ['node_type_not_available /nodes/1/type']],
    [
      'a contact update',
      answeredBy({ type: 'update_contact', config: { attributeName: 'a', value: 1 } }),
      ['node_type_not_available /nodes/1/type'],
    ],
    ['collected audio', answeredBy({ type: 'collect_audio', config: { maxDurationMs: 5000 } }), ['node_type_not_available /nodes/1/type']],
    [
      'an id used twice',
      {
        nodes: [
          { id: 'd', type: 'dial', config: {} },
          { id: 'd', type: 'hangup', config: {} },
        ],
        edges: [],
        startNodeId: 'd',
      },
      ['duplicate_node_id /nodes/1/id'],
    ],
    [
      'an edge from nowhere',
      graphOf({ dial: dial() }, ['ghost onAnswer dial'], 'dial'),
      ['unknown_edge_end /edges/0/source', 'leads_into_dial /edges/0/target'],
    ],
    ['an edge to nowhere', graphOf({ dial: dial() }, ['dial onAnswer ghost']), ['unknown_edge_end /edges/0/target']],
    [
      'an output that the node does not have',
      graphOf({ dial: dial(), b: hangup() }, ['dial onComplete b']),
      ['unknown_output /edges/0/output'],
    ],
    [
      'an edge from a hangup',
      graphOf({ dial: dial(), b: hangup(), c: hangup() }, ['dial onAnswer b', 'b terminated c']),
      ['unknown_output /edges/1/output'],
    ],
    [
      'onComplete of a menu with branches',
      graphOf({ dial: dial(), m: dtmf({ branches: [{ output: 'branch_1', digits: ['1'] }] }), b: hangup() }, [
        'dial onAnswer m',
        'm onComplete b',
      ]),
      ['unknown_output /edges/1/output'],
    ],
    [
      'two edges from one output',
      graphOf({ dial: dial(), a: hangup(), b: hangup() }, ['dial onAnswer a', 'dial onAnswer b']),
      ['output_linked_twice /edges/1'],
    ],
    ['a start that does not exist', graphOf({ dial: dial() }, [], 'ghost'), ['unknown_start_node /startNodeId']],
    ['two possible starts', graphOf({ dial: dial(), other: dial() }, []), ['ambiguous_start_node /nodes']],
    ['no possible start', graphOf({ a: play(), b: play() }, ['a onComplete b', 'b onComplete a']), ['no_start_node /nodes']],
    ['a start that does not dial', graphOf({ p: play() }, []), ['start_not_dial /nodes/0/type']],
    [
      'an edge back to the dial',
      graphOf({ dial: dial(), p: play() }, ['dial onAnswer p', 'p onComplete dial'], 'dial'),
      ['leads_into_dial /edges/1/target'],
    ],
    ['a second dial', graphOf({ dial: dial(), again: dial() }, ['dial onBusy again']), ['leads_into_dial /edges/0/target']],
    ['a node that nothing leads to', graphOf({ dial: dial(), lost: hangup() }, [], 'dial'), ['unreachable_node /nodes/1']],
    [
      'nodes that lead only to each other',
      graphOf({ dial: dial(), a: play(), b: play() }, ['a onComplete b', 'b onComplete a']),
      ['unreachable_node /nodes/1', 'unreachable_node /nodes/2'],
    ],
    ['audio after a busy line', graphOf({ dial: dial(), p: play() }, ['dial onBusy p']), ['needs_answered_call /nodes/1']],
    [
      'digits on an unanswered call, behind a shared node',
      graphOf({ dial: dial(), v: set('a', 1), m: dtmf() }, ['dial onAnswer v', 'dial onNoAnswer v', 'v onComplete m']),
      ['needs_answered_call /nodes/2'],
    ],
    ['a recording of an unanswered call', graphOf({ dial: dial(), r: record() }, ['dial onFailed r']), ['needs_answered_call /nodes/1']],
    [
      'a condition that leads to itself',
      graphOf({ dial: dial(), c: when('a', 'eq', 1) }, ['dial onAnswer c', 'c onDefault c']),
      ['endless_cycle /edges/1'],
    ],
    [
      'a cycle without audio',
      graphOf({ dial: dial(), c: when('a', 'eq', 1), v: set('a', 2) }, ['dial onAnswer c', 'c onDefault v', 'v onComplete c']),
      ['endless_cycle /edges/2'],
    ],
    ['a text that is never closed', answeredBy(say('Hello {{contact.fullName')), ['bad_template /nodes/1/config/text']],
    ['a prompt that names no variable', menu({ prompt: { text: '{{}}' } }), ['bad_template /nodes/1/config/prompt/text']],
    ['a bad template in media', menu({ prompt: { media: '{{a b}}' } }), ['bad_template /nodes/1/config/prompt/media']],
    ['a bad template in a comparison', answeredBy(when('a', 'eq', '{{')), ['bad_template /nodes/1/config/branches/0/all/0/value']],
    [
      'a bad template in a list',
      answeredBy({
        type: 'condition',
        config: { branches: [{ output: 'branch_1', any: [{ variable: 'a', operator: 'in', value: [1, '{{'] }] }] },
      }),
      ['bad_template /nodes/1/config/branches/0/any/0/value/1'],
    ],
    ['a comparison of no variable', answeredBy(when('a b', 'eq', 1)), ['bad_variable_name /nodes/1/config/branches/0/all/0/variable']],
    ['a variable with a bad name', answeredBy(set('1st', 1)), ['bad_variable_name /nodes/1/config/name']],
    ['a variable of the platform', answeredBy(set('sys.attempt', 1)), ['reserved_variable /nodes/1/config/name']],
    ['a variable of the contact', answeredBy(dtmf({ variable: 'contact.phone' })), ['reserved_variable /nodes/1/config/variable']],
    ['a recording named answeredBy', answeredBy(record({ variable: 'answeredBy' })), ['reserved_variable /nodes/1/config/variable']],
    ['a text that cannot be stored', answeredBy(say('a\0b')), ['bad_text /nodes/1/config/text']],
    ['half a character', answeredBy(say('\uD83D')), ['bad_text /nodes/1/config/text']],
    ['more digits at least than at most', menu({ minDigits: 3, maxDigits: 2 }), ['digit_range /nodes/1/config/minDigits']],
    [
      'digits that two branches claim',
      menu({
        branches: [
          { output: 'branch_1', digits: ['1', '2'] },
          { output: 'branch_2', digits: ['3', '2'] },
        ],
      }),
      ['digits_overlap /nodes/1/config/branches/1/digits/1'],
    ],
    [
      'digits that are too long',
      menu({ branches: [{ output: 'branch_1', digits: ['12'] }] }),
      ['digits_unreachable /nodes/1/config/branches/0/digits/0'],
    ],
    [
      'digits that hold the terminator',
      menu({ terminator: '#', branches: [{ output: 'branch_1', digits: ['#'] }] }),
      ['digits_unreachable /nodes/1/config/branches/0/digits/0'],
    ],
    [
      'a branch named twice',
      menu({
        branches: [
          { output: 'branch_1', digits: ['1'] },
          { output: 'branch_1', digits: ['2'] },
        ],
      }),
      ['duplicate_output /nodes/1/config/branches/1/output'],
    ],
  ])('is refused: %s', (_case, input, problems) => {
    expect(found(input)).toEqual(problems)
  })

  test('has all its problems reported at once, with messages that name the node', () => {
    const graph = graphOf({ dial: dial(), p: play('{{'), s: { type: 'sms', config: { message: 'Hi' } } }, [
      'dial onBusy p',
      'p onDone s',
      'dial onAnswer s',
    ])
    expect(validateFlow(graph)).toEqual([
      { pointer: '/nodes/1/config/media', code: 'bad_template', message: "'{{' at offset 0 is never closed" },
      { pointer: '/nodes/2/type', code: 'node_type_not_available', message: "nodes of type 'sms' cannot be run yet" },
      { pointer: '/edges/1/output', code: 'unknown_output', message: "node 'p' has no output 'onDone'" },
      { pointer: '/nodes/1', code: 'needs_answered_call', message: "'p' needs a call that was answered, and can be reached without one" },
    ])
  })
})

test('a chain of as many nodes as a flow may have is valid', () => {
  const nodes = Object.fromEntries(Array.from({ length: maxNodes - 1 }, (_, n) => [`n${n}`, set(`v${n}`, n)]))
  const chain = Array.from({ length: maxNodes - 2 }, (_, n) => `n${n} onComplete n${n + 1}`)
  expect(found(graphOf({ dial: dial(), ...nodes }, ['dial onAnswer n0', ...chain]))).toEqual([])
})
