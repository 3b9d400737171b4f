import { compileFlow } from '../../src/compile.ts'
import type { FlowEnd } from '../../src/flow-end.ts'
import type { FlowGraph, FlowNode } from '../../src/graph.ts'
import { advance, startFlow } from '../../src/interpreter.ts'
import type { FlowInput, FlowState, Instruction, NodeExecution } from '../../src/step.ts'
import type { Variables } from '../../src/variable.ts'

type Distribute<N> = N extends FlowNode ? Omit<N, 'id'> : never

/** A graph of nodes by id and edges written `source output target`. */
export function graphOf(nodes: Record<string, Distribute<FlowNode>>, edges: readonly string[], startNodeId?: string): FlowGraph {
  return {
    ...(startNodeId === undefined ? {} : { startNodeId }),
    nodes: Object.entries(nodes).map(([id, node]) => ({ id, ...node }) as FlowNode),
    edges: edges.map((edge) => {
      const [source = '', output = '', target = ''] = edge.split(' ')
      return { source, output, target }
    }),
  }
}

export const dial = (config: { timeoutMs?: number; amd?: boolean } = {}) => ({ type: 'dial' as const, config })
export const play = (media = 'welcome') => ({ type: 'play' as const, config: { media } })
export const say = (text: string) => ({ type: 'say' as const, config: { text } })
export const hangup = () => ({ type: 'hangup' as const, config: {} })
export const set = (name: string, value: string | number | boolean | null) => ({ type: 'set_variable' as const, config: { name, value } })
export const dtmf = (config: Partial<Extract<FlowNode, { type: 'dtmf' }>['config']> = {}) => ({
  type: 'dtmf' as const,
  config: { minDigits: 1, maxDigits: 1, timeoutMs: 5000, interDigitTimeoutMs: 2000, ...config },
})
export const record = (config: Partial<Extract<FlowNode, { type: 'record' }>['config']> = {}) => ({
  type: 'record' as const,
  config: { maxDurationMs: 30_000, ...config },
})
export const when = (variable: string, operator: 'eq' | 'gt' | 'lt', value: string | number | boolean | null) => ({
  type: 'condition' as const,
  config: { branches: [{ output: 'branch_1', all: [{ variable, operator, value }] }] },
})

export const human: FlowInput = { type: 'answered', answeredBy: 'human' }
export const machine: FlowInput = { type: 'answered', answeredBy: 'machine' }
export const finished = (durationMs = 1000): FlowInput => ({ type: 'played', durationMs, completedBy: 'finished' })
export const digits = (entered: string): FlowInput => ({ type: 'collected', digits: entered, endedBy: entered ? 'complete' : 'timeout' })
export const calleeHangsUp: FlowInput = { type: 'hungup', by: 'callee' }

/** A call under test: all that its steps gave, in one list each. */
export interface Played {
  readonly state: FlowState
  readonly instructions: readonly Instruction[]
  readonly executed: readonly NodeExecution[]
  readonly end: FlowEnd | undefined
}

/** Runs a call from the instant 0. Each input comes a second after the one before. */
export function playThrough(graph: FlowGraph, inputs: readonly FlowInput[], variables: Variables = {}): Played {
  const flow = compileFlow(graph)
  let step = startFlow(flow, variables, 0)
  let { end } = step
  const instructions = [...step.instructions]
  const executed = [...step.executed]
  for (const [index, input] of inputs.entries()) {
    step = advance(flow, step.state, input, (index + 1) * 1000)
    instructions.push(...step.instructions)
    executed.push(...step.executed)
    end ??= step.end
  }
  return { state: step.state, instructions, executed, end }
}

/** The route of a call: `dial-1 onAnswer`, … */
export const pathOf = ({ executed }: Played): string[] => executed.map(({ nodeId, outputPath }) => `${nodeId} ${outputPath}`)
