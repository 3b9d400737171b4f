import type { FieldProblem } from './error-body.ts'
import type { AutoPauseRule } from './program.ts'

/** The rules for a node that has one already: a node has one rule (contract rule 29). */
export function repeatedNodes(rules: readonly AutoPauseRule[]): FieldProblem[] {
  const seen = new Set<string>()
  return rules.flatMap(({ nodeId }, index) => {
    if (seen.has(nodeId)) return [{ pointer: `/autoPauseRules/${index}/nodeId`, message: 'has a rule already' }]
    seen.add(nodeId)
    return []
  })
}
