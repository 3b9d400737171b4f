import type { CreateProgramRequest } from '@carillon/contracts/program'
import { describe, expect, test } from 'vitest'
import { checkLaunch } from './launch.ts'
import { changedProgram, newProgram } from './program.ts'
import { checkReferences, type References } from './program-references.ts'

const now = Date.parse('2025-12-17T10:30:00Z')
const request: CreateProgramRequest = {
  name: ' Holiday ',
  audienceId: '018F0000-0000-7000-8000-000000000001',
  flowId: '018f0000-0000-7000-8000-000000000002',
  startAt: '2025-12-20T10:00:00+01:00',
  didPool: ['did-b', 'did-a'],
  retryStrategy: { type: 'none' },
}
const create = (change: object = {}) =>
  newProgram({ ...request, ...change }, { id: 'program', audienceId: 'own-audience' }, 'organization', now)

/** What an attempt was refused with: name and fields. */
function refusalOf(attempt: () => unknown): unknown[] {
  try {
    attempt()
  } catch (error) {
    const { name, details } = error as { name: string; details: { pointer: string }[] | undefined }
    return [name, ...(details ?? []).map(({ pointer }) => pointer)]
  }
  return []
}

test('a new program is a draft for batches, with its instants in UTC and its pool in order', () => {
  expect(create()).toMatchObject({
    name: 'Holiday',
    mode: 'batch',
    status: 'draft',
    audienceId: '018f0000-0000-7000-8000-000000000001',
    startAtMs: Date.parse('2025-12-20T09:00:00Z'),
    stopAtMs: null,
    didIds: ['did-b', 'did-a'],
    createdAtMs: now,
    updatedAtMs: now,
  })
})

test('all problems of a request are reported at once', () => {
  const change = { audienceId: undefined, stopAt: '2025-12-20T09:00:00Z', timezone: '+01:00', didPool: ['x', 'X'] }
  expect(refusalOf(() => create(change))).toEqual(['ValidationError', '/audienceId', '/didPool', '/timezone', '/stopAt'])
})

test('a change keeps the fields that it does not name, and is checked together with them', () => {
  const program = create({ stopAt: '2025-12-20T18:00:00Z' })
  expect(changedProgram(program, { name: 'New' }, now + 5)).toEqual({ ...program, name: 'New', updatedAtMs: now + 5 })
  expect(changedProgram(program, { stopAt: null }, now).stopAtMs).toBeNull()
  expect(refusalOf(() => changedProgram(program, { startAt: '2025-12-20T18:00:00Z' }, now))).toEqual(['ValidationError', '/stopAt'])
})

describe('a live program', () => {
  const triggerCondition = { type: 'date', attributeName: 'due', direction: 'before', offset: { days: 2, hours: 0, minutes: 0 } }
  const live = { mode: 'live', audienceId: undefined, triggerCondition }

  test('has a condition, and an audience of its own unless it names one', () => {
    expect(create(live)).toMatchObject({ mode: 'live', audienceId: 'own-audience', triggerCondition })
    expect(create({ ...live, audienceId: request.audienceId })).toMatchObject({ audienceId: '018f0000-0000-7000-8000-000000000001' })
  })

  test.each([
    ['without a condition', { ...live, triggerCondition: undefined }],
    ['with none', { ...live, triggerCondition: null }],
    ['in batch mode with a condition', { triggerCondition }],
  ])('%s is refused', (_case, change) => {
    expect(refusalOf(() => create(change))).toEqual(['ValidationError', '/triggerCondition'])
  })

  test('can change its condition, and cannot lose it', () => {
    const later = { ...triggerCondition, direction: 'after' } as const
    expect(changedProgram(create(live), { triggerCondition: later as never }, now).triggerCondition).toEqual(later)
    expect(refusalOf(() => changedProgram(create(live), { triggerCondition: null }, now))).toEqual(['ValidationError', '/triggerCondition'])
    expect(refusalOf(() => changedProgram(create(), { triggerCondition: later as never }, now))).toEqual([
      'ValidationError',
      '/triggerCondition',
    ])
    expect(changedProgram(create(), { triggerCondition: null }, now).triggerCondition).toBeNull()
  })

  test.each([null, { type: 'text' as const }])('refers to a date: %j is refused', (triggerAttribute) => {
    const references: References = { audienceExists: true, nodeIds: new Set(), triggerAttribute, dids: [] }
    expect(refusalOf(() => checkReferences({ ...create(live), didIds: [] }, references, null))).toEqual([
      'ValidationError',
      '/triggerCondition/attributeName',
    ])
  })
})

describe('references', () => {
  const own = (id: string) => ({ id, organizationId: 'organization', status: 'active' as const })
  const there: References = {
    audienceExists: true,
    nodeIds: new Set(['dial']),
    triggerAttribute: { type: 'date' },
    dids: [own('did-a'), own('did-b')],
  }
  const rules = [
    { nodeId: 'dial', threshold: 1, resetOnResume: true },
    { nodeId: 'gone', threshold: 1, resetOnResume: true },
  ]

  test.each<[string, object, Partial<References>, unknown[]]>([
    ['that all exist', {}, {}, []],
    ['to a DID of every organization', {}, { dids: [own('did-a'), { ...own('did-b'), organizationId: null }] }, []],
    ['to no audience', {}, { audienceExists: false }, ['ValidationError', '/audienceId']],
    ['to no flow, and no audience', {}, { audienceExists: false, nodeIds: null }, ['ValidationError', '/audienceId', '/flowId']],
    ['to a node that the flow does not have', { autoPauseRules: rules }, {}, ['ValidationError', '/autoPauseRules/1/nodeId']],
    ['to no DID', {}, { dids: [own('did-a')] }, ['DidNotFoundError']],
    [
      'to a DID of another organization',
      {},
      { dids: [own('did-a'), { ...own('did-b'), organizationId: 'x' }] },
      ['DidNotAccessibleError', '/didPool/0'],
    ],
    [
      'to a DID that is not active',
      {},
      { dids: [{ ...own('did-a'), status: 'inactive' }, own('did-b')] },
      ['DidNotActiveError', '/didPool/1'],
    ],
  ])('%s', (_name, change, lead, refusal) => {
    expect(refusalOf(() => checkReferences(create(change), { ...there, ...lead }, null))).toEqual(refusal)
  })

  test('that a change does not touch are not checked again', () => {
    const program = create()
    const gone = { audienceExists: false, nodeIds: null, triggerAttribute: null, dids: [] }
    expect(refusalOf(() => checkReferences(changedProgram(program, { name: 'New' }, now), gone, program))).toEqual([])
    expect(refusalOf(() => checkReferences(changedProgram(program, { didPool: ['did-a'] }, now), gone, program))).toEqual([
      'DidNotFoundError',
    ])
  })

  test('of auto-pause rules are checked again when the flow changes', () => {
    const program = create({ autoPauseRules: rules })
    const changed = changedProgram(program, { flowId: 'other' }, now)
    expect(refusalOf(() => checkReferences(changed, there, program))).toEqual(['ValidationError', '/autoPauseRules/1/nodeId'])
  })
})

describe('a launch', () => {
  const flow = { id: 'flow', version: 3, name: 'F', graph: { nodes: [], edges: [] } }
  const facts = { flow, hasAudience: true, dids: [{ id: 'did-a', number: '+212500000001' }] }
  const program = create({ stopAt: '2025-12-20T18:00:00Z' })

  test.each<[string, object, string, unknown[]]>([
    ['with nothing missing', {}, '2025-12-20T17:59:59Z', []],
    ['at the program’s end', {}, '2025-12-20T18:00:00Z', ['ValidationError', '/stopAt']],
    ['whose flow was deleted', { flow: undefined }, '2025-12-20T09:00:00Z', ['ValidationError', '/flowId']],
    ['whose audience was deleted', { hasAudience: false }, '2025-12-20T09:00:00Z', ['ValidationError', '/audienceId']],
    ['without an active DID', { dids: [] }, '2025-12-20T09:00:00Z', ['EmptyDidPoolError']],
  ])('%s', (_name, change, at, refusal) => {
    expect(refusalOf(() => checkLaunch(program, { ...facts, ...change }, Date.parse(at)))).toEqual(refusal)
  })
})

test.each<[string, object, string]>([
  ['retry dates that do not ascend', { retryDates: ['2026-01-02T09:00:00Z', '2026-01-02T09:00:00+01:00'] }, '/retryStrategy/retryDates/1'],
  ['a retry date twice', { retryDates: ['2026-01-02T09:00:00Z', '2026-01-02T10:00:00+01:00'] }, '/retryStrategy/retryDates/1'],
  ['retry dates that have all passed', { retryDates: ['2025-12-17T10:30:00Z'] }, '/retryStrategy/retryDates'],
])('a new program with %s is refused', (_title, dates, pointer) => {
  expect(refusalOf(() => create({ retryStrategy: { type: 'scheduled', ...dates } }))).toEqual(['ValidationError', pointer])
})

test('a change may keep retry dates that have passed', () => {
  const retryStrategy = { type: 'scheduled' as const, retryDates: ['2025-01-01T00:00:00.000Z'] }
  expect(changedProgram(create(), { retryStrategy }, now).retryStrategy).toEqual(retryStrategy)
})

test('a node has one auto-pause rule', () => {
  const rule = { nodeId: 'dial', threshold: 1, resetOnResume: true }
  const autoPauseRules = [rule, { ...rule, nodeId: 'say' }, { ...rule, threshold: 2 }]
  expect(refusalOf(() => create({ autoPauseRules }))).toEqual(['ValidationError', '/autoPauseRules/2/nodeId'])
  expect(refusalOf(() => changedProgram(create(), { autoPauseRules }, now))).toEqual(['ValidationError', '/autoPauseRules/2/nodeId'])
})

test('what an answer shows as not set can be sent back', () => {
  const unset = {
    mode: null,
    triggerCondition: null,
    stopAt: null,
    pauseWindows: null,
    autoPauseRules: null,
    timezone: null,
    callingHours: null,
    pacing: null,
    amd: null,
  }
  expect(create(unset)).toEqual(create())
})
