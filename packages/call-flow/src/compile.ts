import { definitionOf, isRunnable, type RunnableNode } from './graph.ts'
import type { InstantRunner, WaitingRunner } from './node-type.ts'
import { type AnyWaiting, nodeTypes, type RunnableNodeType, type RunTypesOf } from './node-types.ts'
import type { Problem } from './problem.ts'
import { startOf } from './routes.ts'
import { checkFlow } from './validation.ts'

/** A valid flow, prepared for running: nodes and links by key, templates parsed. Immutable; made once per flow version and kept. */
export interface CompiledFlow {
  readonly start: CompiledNode
  readonly nodes: ReadonlyMap<string, CompiledNode>
}

export interface CompiledNode {
  readonly id: string
  readonly type: RunnableNodeType
  readonly label?: string
  /** Place in the graph's `nodes`: the index of the node's visit counter. */
  readonly position: number
  /** The node that each linked output leads to. */
  readonly links: ReadonlyMap<string, CompiledNode>
  /** The node waits for the callee's answer: a call that ends before it was never answered. */
  readonly placesCall: boolean
  readonly runner: NodeRunner
  /** What `runner` made of the node's config. */
  readonly action: unknown
}

interface AnyInstantTypes {
  readonly action: unknown
  readonly data: RunTypesOf<RunnableNodeType>['data']
}
interface AnyWaitingTypes extends AnyInstantTypes {
  readonly waitingFor: AnyWaiting['waitingFor']
  readonly memory: object
  readonly order: AnyWaiting['order']
  readonly input: AnyWaiting['input']
}

/** The runner of a node type, whichever it is. It takes the config, the action and the memory of its own type only. */
export type NodeRunner = InstantRunner<unknown, AnyInstantTypes> | WaitingRunner<unknown, AnyWaitingTypes>

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
 * Prepares a flow for the interpreter. It takes an unknown value and validates it, because what a compiled flow promises (links that exist,
 * templates that parse, no audio without a call) is true of valid flows only. Throws `InvalidFlowError`.
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
    nodes.set(node.id, compileNode(node, position, linksOfNode))
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

function compileNode(node: RunnableNode, position: number, links: ReadonlyMap<string, CompiledNode>): CompiledNode {
  const { id, type, label, config } = node
  const runner: NodeRunner = nodeTypes[type].run
  return {
    id,
    type,
    ...(label === undefined ? {} : { label }),
    position,
    links,
    placesCall: definitionOf(node).unansweredOutputs !== undefined,
    runner,
    action: runner.compile(config),
  }
}
