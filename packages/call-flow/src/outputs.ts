import { definitionOf, type FlowNode } from './graph.ts'

/** The outputs of a node that an edge may start from. One without an edge ends the flow. */
export function outputsOf(node: FlowNode): readonly string[] {
  return definitionOf(node).outputs(node.config)
}
