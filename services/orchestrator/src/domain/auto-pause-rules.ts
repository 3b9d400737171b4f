import { repeatedNodes } from '@carillon/contracts/auto-pause-rule'
import type { AutoPauseRule } from '@carillon/contracts/program'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import type { ExecutionPlan } from './execution.ts'

/** Throws a `ValidationError` unless every rule names a node of the flow that was launched. */
export function checkAutoPauseRules(plan: ExecutionPlan, rules: readonly AutoPauseRule[]): void {
  const nodeIds = new Set(plan.nodes.map((node) => node.id))
  const problems = rules.flatMap(({ nodeId }, index) =>
    nodeIds.has(nodeId) ? [] : [{ pointer: `/autoPauseRules/${index}/nodeId`, message: 'is not a node of the execution’s flow' }],
  )
  problems.push(...repeatedNodes(rules))
  if (problems.length > 0) throw invalidFields(problems)
}
