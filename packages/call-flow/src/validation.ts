import { definitionOf, type FlowGraph, type FlowNode } from './graph.ts'
import { unstorableTexts } from './node-text.ts'
import { outputsOf } from './outputs.ts'
import type { Problem } from './problem.ts'
import { routeProblems } from './routes.ts'
import { checkShape } from './shape.ts'
import { parseTemplate } from './template.ts'
import { isReservedVariable, isVariableName } from './variable.ts'

/** `more` is the number of problems besides those that are described. */
export type FlowCheck =
  | { readonly ok: true; readonly graph: FlowGraph }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly more: number }

/**
 * The graph if it may be stored and run, else what is wrong with it. `input` is the body of `POST /flows` as it came.
 * Its shape is checked first, and the first twenty problems of the shape are described; the other checks need a graph of the right shape.
 */
export function checkFlow(input: unknown): FlowCheck {
  const shape = checkShape(input)
  if (!shape.ok) return shape
  const { graph } = shape
  const problems = [
    ...graph.nodes.flatMap((node, index) => nodeProblems(node, `/nodes/${index}`)),
    ...edgeProblems(graph),
    ...routeProblems(graph),
  ]
  return problems.length > 0 ? { ok: false, problems, more: 0 } : { ok: true, graph }
}

/** The problems that `checkFlow` finds; empty for a flow that may be stored and run. */
export function validateFlow(input: unknown): readonly Problem[] {
  const check = checkFlow(input)
  return check.ok ? [] : check.problems
}

function nodeProblems(node: FlowNode, pointer: string): Problem[] {
  const { config } = node
  const definition = definitionOf(node)
  const written = definition.variablesWritten?.(config) ?? []
  const problems: Problem[] = []
  if (!definition.run) {
    const message = `nodes of type '${node.type}' cannot be run yet`
    problems.push({ pointer: `${pointer}/type`, code: 'node_type_not_available', message })
  }
  for (const text of unstorableTexts(node)) {
    problems.push({
      pointer: pointer + text.pointer,
      code: 'bad_text',
      message: 'holds a character that cannot be stored (NUL or half a surrogate pair)',
    })
  }
  for (const template of definition.templates?.(config) ?? []) {
    const parsed = parseTemplate(template.text)
    if (!parsed.ok) problems.push({ pointer: pointer + template.pointer, code: 'bad_template', message: parsed.message })
  }
  for (const name of [...(definition.variablesRead?.(config) ?? []), ...written]) {
    if (isVariableName(name.text)) continue
    problems.push({ pointer: pointer + name.pointer, code: 'bad_variable_name', message: `'${name.text}' does not name a variable` })
  }
  for (const name of written) {
    if (!isReservedVariable(name.text)) continue
    problems.push({ pointer: pointer + name.pointer, code: 'reserved_variable', message: `'${name.text}' is set by the platform only` })
  }
  for (const problem of definition.problems?.(config) ?? []) problems.push({ ...problem, pointer: pointer + problem.pointer })
  return problems
}

function edgeProblems(graph: FlowGraph): Problem[] {
  const problems: Problem[] = []
  const outputs = new Map(graph.nodes.map((node) => [node.id, outputsOf(node)]))
  const linked = new Set<string>()
  for (const [index, edge] of graph.edges.entries()) {
    const pointer = `/edges/${index}`
    for (const end of ['source', 'target'] as const) {
      if (outputs.has(edge[end])) continue
      problems.push({ pointer: `${pointer}/${end}`, code: 'unknown_edge_end', message: `there is no node '${edge[end]}'` })
    }
    if (outputs.get(edge.source)?.includes(edge.output) === false) {
      const message = `node '${edge.source}' has no output '${edge.output}'`
      problems.push({ pointer: `${pointer}/output`, code: 'unknown_output', message })
    }
    const origin = `${edge.source} ${edge.output}`
    if (linked.has(origin)) {
      const message = `output '${edge.output}' of node '${edge.source}' is linked already`
      problems.push({ pointer, code: 'output_linked_twice', message })
    }
    linked.add(origin)
  }
  return problems
}
