import { Type } from '@sinclair/typebox'
import type { Problem } from './problem.ts'

/** An output of a node with branches: `branch_1`, `branch_2`, … */
export const BranchOutput = Type.String({
  pattern: '^branch_[1-9][0-9]{0,3}$',
  'x-meaning': 'branch_ and a number',
  examples: ['branch_1'],
  description: 'The output of the branch: `branch_1`, `branch_2` and so on',
})

/** Each output that an earlier branch of the node has already. */
export function duplicateOutputs(branches: readonly { readonly output: string }[]): Problem[] {
  return branches.flatMap(({ output }, index): Problem[] => {
    if (branches.findIndex((other) => other.output === output) === index) return []
    return [{ pointer: `/config/branches/${index}/output`, code: 'duplicate_output', message: `'${output}' is used twice` }]
  })
}
