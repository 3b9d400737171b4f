import { type FlowGraph, type FlowNode, isRunnable } from './graph.ts'
import { templatesOf, unstorableTexts, variablesRead, variablesWritten } from './node-content.ts'
import { outputsOf } from './outputs.ts'
import type { Problem } from './problem.ts'
import { routeProblems } from './routes.ts'
import { checkShape } from './shape.ts'
import { parseTemplate } from './template.ts'
import { isReservedVariable, isVariableName } from './variable.ts'

export type FlowCheck = { readonly ok: true; readonly graph: FlowGraph } | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * The graph, where it may be stored and run; else everything that is wrong with it. `input` is the body of `POST /flows` as it came:
 * its shape is checked first, and only a graph of the right shape is looked at further.
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
  return problems.length > 0 ? { ok: false, problems } : { ok: true, graph }
}

/** The problems that `checkFlow` finds; empty for a flow that may be stored and run. */
export function validateFlow(input: unknown): readonly Problem[] {
  const check = checkFlow(input)
  return check.ok ? [] : check.problems
}

function nodeProblems(node: FlowNode, pointer: string): Problem[] {
  const problems: Problem[] = []
  if (!isRunnable(node)) {
    const message = `nodes of type '${node.type}' cannot be run yet`
    problems.push({ pointer: `${pointer}/type`, code: 'node_type_not_available', message })
  }
  for (const text of unstorableTexts(node)) {
    problems.push({ pointer: pointer + text.pointer, code: 'bad_text', message: 'holds a character that is no text (NUL or half a pair)' })
  }
  for (const template of templatesOf(node)) {
    const parsed = parseTemplate(template.text)
    if (!parsed.ok) problems.push({ pointer: pointer + template.pointer, code: 'bad_template', message: parsed.message })
  }
  for (const name of [...variablesRead(node), ...variablesWritten(node)]) {
    if (isVariableName(name.text)) continue
    problems.push({ pointer: pointer + name.pointer, code: 'bad_variable_name', message: `'${name.text}' does not name a variable` })
  }
  for (const name of variablesWritten(node)) {
    if (!isReservedVariable(name.text)) continue
    problems.push({ pointer: pointer + name.pointer, code: 'reserved_variable', message: `'${name.text}' is set by the platform alone` })
  }
  if (node.type === 'dtmf' || node.type === 'condition') problems.push(...duplicateOutputs(node.config.branches ?? [], pointer))
  if (node.type === 'dtmf') problems.push(...digitProblems(node.config, pointer))
  return problems
}

function duplicateOutputs(branches: readonly { output: string }[], pointer: string): Problem[] {
  return branches.flatMap(({ output }, index): Problem[] => {
    if (branches.findIndex((other) => other.output === output) === index) return []
    return [{ pointer: `${pointer}/config/branches/${index}/output`, code: 'duplicate_output', message: `'${output}' is used twice` }]
  })
}

/** Digits that two branches claim, or that nobody can enter, given the length and the terminator. */
function digitProblems(config: Extract<FlowNode, { type: 'dtmf' }>['config'], pointer: string): Problem[] {
  const { minDigits, maxDigits, terminator, branches = [] } = config
  if (minDigits > maxDigits) {
    const message = `minDigits ${minDigits} is more than maxDigits ${maxDigits}`
    return [{ pointer: `${pointer}/config/minDigits`, code: 'digit_range', message }]
  }
  const problems: Problem[] = []
  const claimed = new Set<string>()
  for (const [branch, { digits }] of branches.entries()) {
    for (const [index, entry] of digits.entries()) {
      const at = `${pointer}/config/branches/${branch}/digits/${index}`
      if (claimed.has(entry)) problems.push({ pointer: at, code: 'digits_overlap', message: `'${entry}' leads to a branch already` })
      claimed.add(entry)
      if (entry.length < minDigits || entry.length > maxDigits) {
        const message = `'${entry}' is not ${minDigits} to ${maxDigits} digits long`
        problems.push({ pointer: at, code: 'digits_unreachable', message })
      } else if (terminator !== undefined && entry.includes(terminator)) {
        problems.push({ pointer: at, code: 'digits_unreachable', message: `'${entry}' holds the terminator '${terminator}'` })
      }
    }
  }
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
