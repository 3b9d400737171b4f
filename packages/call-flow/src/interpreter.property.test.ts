import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFlow, anyInput } from '../test/support/random-flows.ts'
import { compileFlow } from './compile.ts'
import type { FlowEnd } from './flow-end.ts'
import type { FlowGraph } from './graph.ts'
import { advance, startFlow } from './interpreter.ts'
import { interruptedPath, terminatedPath } from './node-type.ts'
import { nodeTypes } from './node-types.ts'
import { outputsOf } from './outputs.ts'
import type { FlowInput, Instruction, NodeExecution, Step } from './step.ts'

const answerTo = {
  dial: ['answered', 'not_answered'],
  play: ['played'],
  say: ['played'],
  collect: ['collected'],
  record: ['recorded'],
  hangup: [],
} as const satisfies Record<Instruction['type'], readonly FlowInput['type'][]>

/** Runs a flow with these reports, then with the end of the call, and checks each step against the one before. */
function runWith(graph: FlowGraph, reports: readonly FlowInput[]) {
  const flow = compileFlow(graph)
  const ends: FlowEnd[] = []
  const executed: NodeExecution[] = []
  const inputs: FlowInput[] = [...reports, { type: 'hungup', by: 'callee' }, { type: 'hungup', by: 'us' }]
  let outstanding: Instruction | undefined
  const take = (step: Step) => {
    expect(step.instructions.length).toBeLessThanOrEqual(1)
    if (step.end) ends.push(step.end)
    executed.push(...step.executed)
    const instruction = step.instructions[0]
    outstanding = instruction?.type === 'hangup' ? undefined : instruction
    if (step.state.waitingFor === 'nothing') expect(outstanding).toBeUndefined()
    else expect(outstanding).toMatchObject({ nodeId: step.state.nodeId, nodeExecutionIndex: step.state.nodeExecutionIndex })
  }

  let step = startFlow(flow, { n: 3 }, 0)
  take(step)
  for (const [index, input] of inputs.entries()) {
    const { state } = step
    const before = JSON.stringify(state)
    step = advance(flow, state, input, (index + 1) * 1000)
    expect(JSON.stringify(state)).toBe(before)
    if (step.state === state) {
      expect(step).toEqual({ state, instructions: [], executed: [] })
      continue
    }
    const answers: readonly string[] = outstanding ? answerTo[outstanding.type] : []
    expect(input.type === 'hungup' || answers.includes(input.type)).toBe(true)
    take(step)
  }
  return { flow, ends, executed }
}

test('whatever the carrier reports, a flow asks one thing at a time, ends once, and records a route through its graph without gaps', () => {
  const outcomes = new Set<string>()
  const ranTypes = new Set<string>()
  const reports = fc.array(anyInput, { minLength: 60, maxLength: 60 })
  const property = fc.property(anyFlow, reports, (graph, inputs) => {
    const { flow, ends, executed } = runWith(graph, inputs)

    expect(ends).toHaveLength(1)
    expect(executed.map(({ nodeExecutionIndex }) => nodeExecutionIndex)).toEqual(executed.map((_, index) => index + 1))
    expect(ends[0]?.nodeExecutionCount).toBe(executed.length)

    const visits = new Map<string, number>()
    for (const [index, execution] of executed.entries()) {
      const visit = (visits.get(execution.nodeId) ?? 0) + 1
      visits.set(execution.nodeId, visit)
      expect(execution.visit).toBe(visit)
      expect(execution.durationMs).toBe(execution.endedAtMs - execution.startedAtMs)
      const node = graph.nodes.find(({ id }) => id === execution.nodeId)
      expect([...(node ? outputsOf(node) : []), terminatedPath, interruptedPath]).toContain(execution.outputPath)
      const next = executed[index + 1]
      if (!next) continue
      expect(next.startedAtMs).toBe(execution.endedAtMs)
      expect(flow.nodes.get(execution.nodeId)?.links.get(execution.outputPath)?.id).toBe(next.nodeId)
    }

    const dialed = executed[0]
    const answered = dialed?.nodeType === 'dial' && dialed.data.answeredBy !== null
    if (!answered) expect(ends[0]?.flowOutcome).toBe('failed')
    if (ends[0]?.flowOutcome === 'abandoned') expect(executed.at(-1)?.outputPath).toBe(interruptedPath)
    outcomes.add(ends[0]?.reason ?? '')
    for (const { nodeType } of executed) ranTypes.add(nodeType)
  })
  fc.assert(property, { numRuns: 1500 })
  expect([...outcomes].sort()).toEqual(
    ['busy', 'callee_hung_up', 'carrier_failed', 'failed', 'finished', 'media_failed', 'no_answer', 'rejected', 'stopped'].sort(),
  )
  const runnable = Object.entries(nodeTypes).flatMap(([type, definition]) => ('run' in definition ? [type] : []))
  expect([...ranTypes].sort()).toEqual(runnable.sort())
}, 60_000)
