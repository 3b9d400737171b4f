import { compileBranch, type Predicate } from './condition.ts'
import { isRunnable, type RunnableNode } from './graph.ts'
import type { Problem } from './problem.ts'
import { startOf } from './routes.ts'
import { compileTemplate, type Template } from './template.ts'
import { checkFlow } from './validation.ts'
import type { VariableValue } from './variable.ts'

/** A valid flow, prepared for running: nodes and links by key, templates parsed. Immutable; made once per flow version and kept. */
export interface CompiledFlow {
  readonly start: CompiledNode
  readonly nodes: ReadonlyMap<string, CompiledNode>
}

interface CompiledNodeBase {
  readonly id: string
  readonly label?: string
  /** Place in the graph's `nodes`: the index of the node's visit counter. */
  readonly position: number
  /** The node that each linked output leads to. */
  readonly links: ReadonlyMap<string, CompiledNode>
}

export type CompiledPrompt = { readonly media: Template } | { readonly text: Template; readonly language?: string; readonly voice?: string }

/** What a node does, without its place in the graph. */
export type CompiledAction =
  | { readonly type: 'dial'; readonly timeoutMs: number; readonly amd?: boolean }
  | { readonly type: 'answer' }
  | { readonly type: 'play'; readonly media: Template }
  | { readonly type: 'say'; readonly text: Template; readonly language?: string; readonly voice?: string }
  | {
      readonly type: 'dtmf'
      readonly prompt: CompiledPrompt | null
      /** What the carrier needs to know, passed on as it stands. */
      readonly entry: DigitEntry
      readonly variable: string | null
      /** Output by digits; `null` where every entry of the right length leads to onComplete. */
      readonly branches: ReadonlyMap<string, string> | null
      readonly maxAttempts: number
    }
  | { readonly type: 'condition'; readonly branches: readonly { readonly output: string; readonly holds: Predicate }[] }
  | { readonly type: 'set_variable'; readonly name: string; readonly value: VariableValue | Template }
  | { readonly type: 'record'; readonly limits: RecordingLimits; readonly variable: string | null }
  | { readonly type: 'hangup'; readonly reason: string | null }

/** How many digits may come, and how long each may take: milliseconds. */
export interface DigitEntry {
  readonly minDigits: number
  readonly maxDigits: number
  readonly timeoutMs: number
  readonly interDigitTimeoutMs: number
  readonly terminator?: string
}

/** What ends a recording, besides the callee. */
export interface RecordingLimits {
  readonly maxDurationMs: number
  readonly silenceMs?: number
  readonly terminator?: string
  readonly beep: boolean
}

export type CompiledNode = CompiledNodeBase & CompiledAction
export type CompiledNodeOf<T extends CompiledNode['type']> = Extract<CompiledNode, { type: T }>

/** A flow that was to be compiled and is not valid. `problems` are those of `validateFlow`. */
export class InvalidFlowError extends Error {
  override readonly name = 'InvalidFlowError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(`the flow has ${problems.length} problem(s), first ${problems[0]?.pointer}: ${problems[0]?.message}`)
    this.problems = problems
  }
}

/**
 * Prepares a flow for the interpreter. It takes an unknown value, since what a compiled flow promises (links that exist, templates that
 * parse, no audio without a call) holds of valid flows only. Throws `InvalidFlowError`.
 */
export function compileFlow(input: unknown): CompiledFlow {
  const check = checkFlow(input)
  if (!check.ok) throw new InvalidFlowError(check.problems)
  const { graph } = check

  const links = new Map<string, Map<string, CompiledNode>>()
  const nodes = new Map<string, CompiledNode>()
  for (const [position, node] of graph.nodes.filter(isRunnable).entries()) {
    const linksOfNode = new Map<string, CompiledNode>()
    links.set(node.id, linksOfNode)
    const label = node.label === undefined ? {} : { label: node.label }
    nodes.set(node.id, { id: node.id, ...label, position, links: linksOfNode, ...compileAction(node) })
  }
  for (const edge of graph.edges) {
    const target = nodes.get(edge.target)
    if (target) links.get(edge.source)?.set(edge.output, target)
  }
  const found = startOf(graph)
  if ('problem' in found) throw new InvalidFlowError([found.problem])
  const start = nodes.get(found.node.id)
  if (!start) throw new RangeError(`start node '${found.node.id}' is not runnable`)
  return { start, nodes }
}

function compileAction(node: RunnableNode): CompiledAction {
  switch (node.type) {
    case 'dial':
      return { type: 'dial', ...node.config, timeoutMs: node.config.timeoutMs ?? 30_000 }
    case 'answer':
      return { type: 'answer' }
    case 'play':
      return { type: 'play', media: compileTemplate(node.config.media) }
    case 'say':
      return { type: 'say', ...node.config, text: compileTemplate(node.config.text) }
    case 'dtmf': {
      const { prompt, variable, branches = [], maxAttempts = 1, ...entry } = node.config
      const outputs = branches.flatMap(({ output, digits }) => digits.map((entered) => [entered, output] as const))
      return {
        type: 'dtmf',
        prompt: prompt ? compilePrompt(prompt) : null,
        entry,
        variable: variable ?? null,
        branches: outputs.length > 0 ? new Map(outputs) : null,
        maxAttempts,
      }
    }
    case 'condition':
      return {
        type: 'condition',
        branches: node.config.branches.map((branch) => ({ output: branch.output, holds: compileBranch(branch) })),
      }
    case 'set_variable': {
      const { name, value } = node.config
      return { type: 'set_variable', name, value: typeof value === 'string' ? compileTemplate(value) : value }
    }
    case 'record': {
      const { variable, beep = true, ...limits } = node.config
      return { type: 'record', limits: { ...limits, beep }, variable: variable ?? null }
    }
    case 'hangup':
      return { type: 'hangup', reason: node.config.reason ?? null }
  }
}

function compilePrompt(prompt: NonNullable<Extract<RunnableNode, { type: 'dtmf' }>['config']['prompt']>): CompiledPrompt {
  return 'media' in prompt ? { media: compileTemplate(prompt.media) } : { ...prompt, text: compileTemplate(prompt.text) }
}
