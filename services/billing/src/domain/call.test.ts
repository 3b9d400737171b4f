import { expect, test } from 'vitest'
import { type Call, type CallFact, type Ending, type ExecutedNode, evolve, unknownCall } from './call.ts'

const node = (nodeId: string): ExecutedNode => ({ nodeId, nodeType: 'play', nodeExecutionIndex: 2, durationMs: 1 })
const ending: Ending = {
  eventId: 'call:5',
  correlationId: 'correlation',
  executionId: null,
  jobId: null,
  contactId: null,
  durationMs: 7,
  dialNodeId: 'dial-1',
}
const call = (facts: CallFact[]): Call => facts.reduce(evolve, unknownCall)
const whole: CallFact[] = [
  { seq: 1, kind: 'started', atMs: 1_000 },
  { seq: 2, kind: 'passed' },
  { seq: 3, kind: 'node', node: node('one') },
  { seq: 4, kind: 'node', node: node('two') },
  { seq: 5, kind: 'ended', ending },
]

test('a call that has not ended is ongoing, with the nodes that have run so far', () => {
  expect(call(whole.slice(0, 3))).toEqual({ state: 'ongoing', startedAtMs: 1_000, nodes: [node('one')] })
})

test('a call that has ended holds its nodes in the order in which they ran', () => {
  expect(call(whole)).toEqual({ state: 'ended', startedAtMs: 1_000, nodes: [node('one'), node('two')], ending })
})

test('nothing follows the end of a call', () => {
  const ended = call(whole)
  expect(evolve(ended, { seq: 6, kind: 'node', node: node('three') })).toBe(ended)
})

test('a call that does not begin with its start cannot be rated', () => {
  expect(() => call([{ seq: 1, kind: 'passed' }])).toThrow('begins with call.started')
})
